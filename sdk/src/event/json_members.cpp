#include "event/json_members.hpp"

#include <algorithm>

#include "wire/limits.hpp"

namespace penstock {

const JsonMember* JsonMembers::find(std::string_view name) const noexcept {
  const auto found = std::find_if(all_.begin(), all_.end(),
                                  [name](const JsonMember& member) { return member.name == name; });
  return found == all_.end() ? nullptr : &*found;
}

void JsonMembers::name(std::size_t depth, std::string_view name) {
  if (!names_.back().emplace(name).second && !twice_) twice_ = name;
  if (depth == 1) all_.emplace_back().name = name;
  if (all_.empty()) return;  // names within an array
  if (depth == 2) ++all_.back().members;
  if (name.size() > wire::kFieldNameBytesMax) all_.back().has_long_name = true;
}

void JsonMembers::value(std::size_t depth, const wire::JsonValue& value) {
  if (value.kind == wire::JsonValue::Kind::kObject) names_.emplace_back();
  if (depth == 0) is_object_ = value.kind == wire::JsonValue::Kind::kObject;
  if (depth != 1 || all_.empty()) return;
  JsonMember& member = all_.back();
  member.kind = value.kind;
  member.number = value.number;
  member.text = value.text;
}

void JsonMembers::end(std::size_t, wire::JsonValue::Kind kind) {
  if (kind == wire::JsonValue::Kind::kObject) names_.pop_back();
}

}  // namespace penstock
