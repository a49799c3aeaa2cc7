#include "wire/json_reader.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace penstock::wire {
namespace {

using Json = nlohmann::json;
using Kind = JsonValue::Kind;

constexpr int kOutOfRange = 406;  // the library's number of this exception

// What the library calls; false stops it.
class Events {
 public:
  explicit Events(JsonHandler& handler) noexcept : handler_(handler) {}

  bool null() { return value({}); }
  bool boolean(bool) { return value({Kind::kBoolean, 0, {}}); }
  bool number_integer(std::int64_t) { return value({Kind::kOtherNumber, 0, {}}); }
  bool number_unsigned(std::uint64_t number) { return value({Kind::kUnsigned, number, {}}); }
  bool number_float(double, const std::string&) { return value({Kind::kOtherNumber, 0, {}}); }
  bool string(const std::string& text) { return value({Kind::kText, 0, text}); }
  bool binary(const std::vector<std::uint8_t>&) { return false; }  // JSON has none

  bool start_object(std::size_t) { return start(Kind::kObject); }
  bool start_array(std::size_t) { return start(Kind::kArray); }
  bool end_object() { return end(Kind::kObject); }
  bool end_array() { return end(Kind::kArray); }
  bool key(const std::string& name) {
    handler_.name(depth_, name);
    return true;
  }

  bool parse_error(std::size_t byte, const std::string&, const Json::exception& error) {
    const bool is_huge = error.id == kOutOfRange;
    fault_ = {is_huge ? JsonFault::Kind::kHugeNumber : JsonFault::Kind::kInvalid, byte};
    return false;
  }

  JsonFault fault() const noexcept { return fault_; }

 private:
  bool value(const JsonValue& value) {
    handler_.value(depth_, value);
    return true;
  }
  bool start(Kind kind) {
    if (depth_ >= kJsonDepthMax) {
      fault_.kind = JsonFault::Kind::kTooDeep;
      return false;
    }
    handler_.value(depth_++, {kind, 0, {}});
    return true;
  }
  bool end(Kind kind) {
    handler_.end(--depth_, kind);
    return true;
  }

  JsonHandler& handler_;
  std::size_t depth_ = 0;
  JsonFault fault_;
};

}  // namespace

JsonFault read_json(std::string_view text, JsonHandler& handler) {
  Events events(handler);
  Json::sax_parse(text, &events);
  return events.fault();
}

}  // namespace penstock::wire
