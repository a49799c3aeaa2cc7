// A session's event as the rules for paths leave it: no encoder has applied them.
#pragma once

#include <cstddef>
#include <string_view>

#include "privacy/path_masker.hpp"
#include "privacy/rule_set.hpp"
#include "wire/json_writer.hpp"

namespace penstock::session {

// One thread. No allocation. What is masked already stays as it is.
class MaskedEvent {
 public:
  // `rules`: nullptr for none. `event` outlives this object.
  MaskedEvent(const privacy::RuleSet* rules, std::string_view event) noexcept : text_(event) {
    if (rules == nullptr || rules->paths().empty()) return;
    wire::JsonWriter out(bytes_, sizeof bytes_);
    privacy::PathMasker(*rules, out).write_event(event);
    text_ = out.text();
  }
  MaskedEvent(const MaskedEvent&) = delete;
  MaskedEvent& operator=(const MaskedEvent&) = delete;

  std::string_view text() const noexcept { return text_; }

 private:
  // Seven values, each of which becomes at most an action's 64 bytes, escaped, or an identifier.
  static constexpr std::size_t kBytesMax = 4096;
  std::string_view text_;
  char bytes_[kBytesMax];
};

}  // namespace penstock::session
