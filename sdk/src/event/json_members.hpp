// The members of an event that came as JSON text, as far as json_event.cpp looks at them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "wire/json_reader.hpp"

namespace penstock {

struct JsonMember {
  std::string name;
  wire::JsonValue::Kind kind = wire::JsonValue::Kind::kNull;
  std::uint64_t number = 0;    // of kUnsigned
  std::string text;            // of kText
  std::size_t members = 0;     // of kObject
  bool has_long_name = false;  // more than kFieldNameBytesMax: its own, or one within

  bool is_text() const noexcept { return kind == wire::JsonValue::Kind::kText; }
};

// What wire::read_json() tells of one text. One thread at a time.
class JsonMembers final : public wire::JsonHandler {
 public:
  // False if the text holds another value than an object.
  bool is_object() const noexcept { return is_object_; }
  // The first name that an object, at any depth, has a second time.
  const std::optional<std::string>& twice() const noexcept { return twice_; }

  // In the order of the text. Empty if there is no object.
  std::vector<JsonMember>& all() noexcept { return all_; }
  const std::vector<JsonMember>& all() const noexcept { return all_; }
  // nullptr: no member has that name.
  const JsonMember* find(std::string_view name) const noexcept;
  bool contains(std::string_view name) const noexcept { return find(name) != nullptr; }

  void name(std::size_t depth, std::string_view name) override;
  void value(std::size_t depth, const wire::JsonValue& value) override;
  void end(std::size_t depth, wire::JsonValue::Kind kind) override;

 private:
  bool is_object_ = false;
  std::vector<JsonMember> all_;
  std::vector<std::set<std::string>> names_;  // of each object that is open
  std::optional<std::string> twice_;
};

}  // namespace penstock
