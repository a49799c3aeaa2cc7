// JSON from outside, read with nlohmann_json without a recursion that the text decides.
//
// The library parses without recursion, but copies, compares and writes a value with one call for each level: a text
// of 120 KB that is 60,000 levels deep overflows the stack of whoever copies what became of it. So nothing is built
// deeper than kJsonDepthMax, which no text of ours reaches. Any thread. Header only; who includes it links the library.
#pragma once

#include <functional>
#include <string_view>

#include "wire/limits.hpp"

namespace penstock::wire {

// A callback for Json::parse(); pass it by std::ref(), and ask afterwards.
template <typename Json>
class DepthBound {
 public:
  bool operator()(int depth, typename Json::parse_event_t what, Json&) {
    const bool opens =
        what == Json::parse_event_t::object_start || what == Json::parse_event_t::array_start;
    if (opens && depth >= static_cast<int>(kJsonDepthMax)) exceeded_ = true;
    return !exceeded_;
  }
  bool exceeded() const { return exceeded_; }

 private:
  bool exceeded_ = false;
};

// Discarded (value.is_discarded()) if the text is no JSON, or deeper than kJsonDepthMax. Throws std::bad_alloc alone.
template <typename Json>
Json parse_bounded(std::string_view text) {
  DepthBound<Json> bound;
  Json value = Json::parse(text, std::ref(bound), /*allow_exceptions=*/false);
  if (bound.exceeded()) return Json(Json::value_t::discarded);
  return value;
}

}  // namespace penstock::wire
