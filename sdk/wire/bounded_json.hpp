// JSON from outside, read with nlohmann_json without a recursion that the text decides.
//
// The library parses without recursion, but copies, compares and writes a value with one call for
// each level: a text of 120 KB that is 60,000 levels deep overflows the stack of whoever copies
// what became of it. So nothing is built deeper than kJsonDepthMax, which no text of ours reaches.
// Any thread. Header only; who includes it links the library.
#pragma once

#include <string_view>

#include "wire/limits.hpp"

namespace penstock::wire {

struct TooDeep {};

// A callback for Json::parse(), or a part of one. Throws TooDeep at the first level that is one too
// many, so that the rest of the text is not even read.
template <typename Json>
struct DepthBound {
  bool operator()(int depth, typename Json::parse_event_t what, Json&) const {
    const bool opens =
        what == Json::parse_event_t::object_start || what == Json::parse_event_t::array_start;
    if (opens && depth >= static_cast<int>(kJsonDepthMax)) throw TooDeep();
    return true;
  }
};

// Discarded (value.is_discarded()) if the text is not JSON, or deeper than kJsonDepthMax. Throws
// std::bad_alloc alone.
template <typename Json>
Json parse_bounded(std::string_view text) try {
  return Json::parse(text, DepthBound<Json>(), /*allow_exceptions=*/false);
} catch (const TooDeep&) {
  return Json(Json::value_t::discarded);
}

}  // namespace penstock::wire
