#include "conformance/record_match.hpp"

#include <algorithm>
#include <regex>
#include <string_view>

namespace penstock::conformance {
namespace {

bool matches(const Json& value, const char* pattern) {
  return value.is_string() && std::regex_match(value.get<std::string>(), std::regex(pattern));
}
bool is_uuid(const Json& value) {
  return matches(value, "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
}
bool is_time(const Json& value) {
  return matches(value, R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)");
}
bool is_count(const Json& value) { return value.is_number() && value >= 0; }

// Compares one expected value with one that was found; remembers the first difference.
class Comparison {
 public:
  enum class Members { kExactly, kAtLeast };
  explicit Comparison(Members members) : members_(members) {}

  void compare(const Json& expected, const Json& found, const std::string& where) {
    if (!difference_.empty()) return;
    if (expected.is_object() && found.is_object()) return compare_objects(expected, found, where);
    if (expected.is_array() && found.is_array()) return compare_arrays(expected, found, where);
    if (!equal(expected, found)) differ(where, expected, found.dump());
  }
  const std::string& difference() const { return difference_; }

 private:
  void compare_objects(const Json& expected, const Json& found, const std::string& where) {
    for (const auto& [name, value] : expected.items()) {
      if (found.contains(name)) {
        compare(value, found[name], where + "/" + name);
      } else {
        differ(where + "/" + name, value, "nothing");
      }
    }
    if (members_ == Members::kAtLeast) return;
    for (const auto& [name, value] : found.items()) {
      if (!expected.contains(name)) differ(where + "/" + name, "nothing", value.dump());
    }
  }

  // Rows that may be among others are looked for in their order.
  void compare_arrays(const Json& expected, const Json& found, const std::string& where) {
    if (members_ == Members::kExactly) {
      if (expected.size() != found.size()) return differ(where, expected, found.dump());
      for (std::size_t i = 0; i < expected.size(); ++i)
        compare(expected[i], found[i], where + "/" + std::to_string(i));
      return;
    }
    auto row = found.begin();
    for (const Json& wanted : expected) {
      row = std::find_if(row, found.end(), [&](const Json& each) {
        Comparison one(members_);
        one.compare(wanted, each, "");
        return one.difference().empty();
      });
      if (row == found.end()) return differ(where, wanted, "nothing like that in " + found.dump());
    }
  }

  bool equal(const Json& expected, const Json& found) {
    if (!expected.is_string()) return expected == found;
    const auto text = expected.get<std::string>();
    if (text == "$any") return true;
    if (text == "$uuid") return is_uuid(found);
    if (text == "$time") return is_time(found);
    if (text == "$number") return is_count(found);
    if (text.starts_with("$same:")) return same_.try_emplace(text, found).first->second == found;
    if (text.starts_with("$has:"))
      return found.is_string() &&
             found.get<std::string>().find(text.substr(5)) != std::string::npos;
    return expected == found;
  }

  void differ(const std::string& where, const Json& expected, const std::string& found) {
    if (difference_.empty())
      difference_ = where + ": expected " + expected.dump() + ", found " + found;
  }

  const Members members_;
  std::map<std::string, Json> same_;
  std::string difference_;
};

// Takes `name` out of `value` unless the case expects something there. False if it is not of its form.
template <typename Form>
bool take_stamp(Json& value, const Json& expected, const char* name, Form form) {
  if (!value.contains(name) || !form(value[name])) return false;
  if (!expected.contains(name)) value.erase(name);
  return true;
}

// The first stamp that is missing or wrong; empty if none is. Takes them out of `value`.
std::string take_stamps(Json& value, const Json& expected) {
  const auto is_text = [](const Json& stamp) { return stamp.is_string() && stamp != ""; };
  const auto is_integer = [](const Json& stamp) { return stamp.is_number_integer(); };
  if (!take_stamp(value, expected, "eventId", is_uuid)) return "eventId";
  if (!take_stamp(value, expected, "installId", is_uuid)) return "installId";
  if (!take_stamp(value, expected, "timestamp", is_time)) return "timestamp";
  if (!take_stamp(value, expected, "receivedAt", is_time)) return "receivedAt";
  if (!take_stamp(value, expected, "clockSkewMs", is_integer)) return "clockSkewMs";
  if (!take_stamp(value, expected, "seq", is_count)) return "seq";
  if (!take_stamp(value, expected, "schemaVersion", is_count)) return "schemaVersion";
  if (!take_stamp(value, expected, "correlationId", is_text)) return "correlationId";
  const Json expected_context = expected.value("metadata", Json::object());
  Json& context = value["metadata"];
  if (!take_stamp(context, expected_context, "app", is_text)) return "metadata/app";
  if (!take_stamp(context, expected_context, "os", is_text)) return "metadata/os";
  if (!expected_context.contains("version")) context.erase("version");
  if (context.empty()) value.erase("metadata");
  return {};
}

}  // namespace

std::string record_mismatch(const std::vector<Json>& expected, const std::vector<Found>& found) {
  Comparison comparison(Comparison::Members::kExactly);
  for (std::size_t i = 0; i < std::min(expected.size(), found.size()); ++i) {
    const std::string where = "record " + std::to_string(i + 1);
    Json value = found[i].value;
    const std::string bad_stamp = take_stamps(value, expected[i].at("value"));
    if (!bad_stamp.empty()) {
      return where + "/" + bad_stamp + ": missing, or not of its form, in " + found[i].value.dump();
    }
    comparison.compare(expected[i].value("topic", "user-activity"), found[i].topic,
                       where + " topic");
    if (expected[i].contains("key"))
      comparison.compare(expected[i]["key"], found[i].key, where + " key");
    comparison.compare(expected[i].at("value"), value, where);
    if (!comparison.difference().empty()) return comparison.difference();
  }
  if (expected.size() == found.size()) return {};
  return "expected " + std::to_string(expected.size()) + " records, found " +
         std::to_string(found.size());
}

std::string result_mismatch(const Json& expected, const Json& result) {
  const std::string code = result.value("code", "ok");
  const std::string message = result.value("message", "");
  const std::string wanted = expected.value("code", "ok");
  if (code != wanted) return "expected " + wanted + ", got " + code + ": " + message;
  const std::string part = expected.value("message", "");
  if (message.find(part) == std::string::npos)
    return "expected a message with \"" + part + "\", got: " + message;
  Comparison comparison(Comparison::Members::kAtLeast);
  Json rest = expected;
  rest.erase("code");
  rest.erase("message");
  comparison.compare(rest, result, "");
  return comparison.difference();
}

}  // namespace penstock::conformance
