// A map from the id of a write key.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace penstock::gateway {

struct IdHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view id) const noexcept {
    return std::hash<std::string_view>{}(id);
  }
};

// Looked up by a std::string_view, without a string of its own.
template <typename Value>
using IdMap = std::unordered_map<std::string, Value, IdHash, std::equal_to<>>;

}  // namespace penstock::gateway
