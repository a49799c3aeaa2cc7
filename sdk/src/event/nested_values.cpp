// Objects and arrays in an Event: kept as the JSON text that the encoder masks.

#include <cmath>

#include "event/field_rules.hpp"
#include "penstock/event.hpp"
#include "wire/json_writer.hpp"
#include "wire/limits.hpp"

namespace penstock {
namespace {

// The event is an object, and its details are.
static_assert(Event::kDepthMax + 2 == wire::kJsonDepthMax);
static_assert(Event::kMembersMax == wire::kEventFieldsMax);

// Writes one object or array. Remembers the first thing that is wrong, and writes no more then.
class NestedWriter {
 public:
  // `values`: how many there are already.
  NestedWriter(wire::JsonWriter& out, std::size_t values) noexcept : out_(out), values_(values) {}

  void write(const Value& value, std::size_t depth) noexcept {
    switch (value.type()) {
      case Value::Type::kNull:
        return out_.null();
      case Value::Type::kText:
        return out_.string(value.text());
      case Value::Type::kSigned:
        return out_.number(value.signed_number());
      case Value::Type::kUnsigned:
        return out_.number(value.unsigned_number());
      case Value::Type::kReal:
        if (!std::isfinite(value.real())) note("has a number that is not finite; leave it out");
        return out_.number(value.real());
      case Value::Type::kBoolean:
        return out_.boolean(value.boolean());
      case Value::Type::kObject:
        return object(value, depth);
      case Value::Type::kArray:
        return array(value, depth);
    }
  }

  const char* fault() const noexcept { return fault_; }
  std::size_t values() const noexcept { return values_; }

 private:
  void object(const Value& value, std::size_t depth) noexcept {
    if (value.size() > Event::kMembersMax)
      return note("has an object of more than 64 members; nest some of them");
    if (!enter(value.size(), depth)) return;
    const Member* const members = value.members();
    out_.raw('{');
    for (std::size_t i = 0; i < value.size() && fault_ == nullptr; ++i) {
      const std::string_view name = members[i].name;
      if (const char* rule = field_name_rule(name)) note(rule);
      for (std::size_t before = 0; before < i; ++before) {
        if (members[before].name == name)
          note("has an object with two members of one name; rename one");
      }
      if (i != 0) out_.raw(',');
      out_.string(name);
      out_.raw(':');
      write(members[i].value, depth + 1);
    }
    out_.raw('}');
  }

  void array(const Value& value, std::size_t depth) noexcept {
    if (!enter(value.size(), depth)) return;
    out_.raw('[');
    for (std::size_t i = 0; i < value.size() && fault_ == nullptr; ++i) {
      if (i != 0) out_.raw(',');
      write(value.items()[i], depth + 1);
    }
    out_.raw(']');
  }

  bool enter(std::size_t values, std::size_t depth) noexcept {
    if (depth > Event::kDepthMax) note("is nested deeper than 30 levels; flatten it");
    if (values > Event::kNestedValuesMax - values_) {
      note("has, with those before it, more than 1024 values in objects and arrays; use fewer");
    } else {
      values_ += values;
    }
    return fault_ == nullptr;
  }

  void note(const char* fault) noexcept {
    if (fault_ == nullptr) fault_ = fault;
  }

  wire::JsonWriter& out_;
  std::size_t values_;
  const char* fault_ = nullptr;
};

}  // namespace

Event::Text Event::keep_nested(const Field* fields, std::size_t i, const Value& value) noexcept {
  for (;;) {
    const std::size_t room = head_.capacity - head_.text_bytes;
    wire::JsonWriter out(bytes() + head_.text_bytes, room);
    NestedWriter writer(out, head_.nested_values);
    writer.write(value, 1);
    if (writer.fault() != nullptr) {
      if (head_.bad_value == nullptr) {
        head_.bad_value = writer.fault();
        head_.bad_value_in_details = fields == details_;
        head_.bad_value_place = static_cast<std::uint32_t>(i + 1);
      }
      return {0, 0};
    }
    if (out.overflowed()) {
      if (!grow(room + 1)) return {0, 0};
      continue;
    }
    head_.nested_values = static_cast<std::uint32_t>(writer.values());
    const Text kept{head_.text_bytes, static_cast<std::uint32_t>(out.size())};
    head_.text_bytes += kept.size;
    return kept;
  }
}

}  // namespace penstock
