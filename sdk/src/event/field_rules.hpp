// What the names of details, of metadata and of the members of objects have to be.
#pragma once

#include <string_view>

#include "wire/limits.hpp"

namespace penstock {

// What is wrong with `name`, static; null: nothing.
inline const char* field_name_rule(std::string_view name) noexcept {
  if (name.empty()) return "has an empty name; give it one";
  if (name.size() <= wire::kFieldNameBytesMax) return nullptr;
  return "has a name longer than 128 bytes; put text into the value instead";
}

}  // namespace penstock
