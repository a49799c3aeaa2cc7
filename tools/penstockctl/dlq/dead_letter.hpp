// A record of the dead-letter topic, and which of them are meant. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "record_view.hpp"

namespace penstock::ctl {

// What the gateway has written about an event that it did not take; "" where it says nothing.
struct DeadLetter {
  std::string code;     // why; "(no code)" for a record that no gateway has written
  std::string pointer;  // where in the event; "" for the event as a whole
  std::string message;
  std::string key_id;               // of the write key
  std::string event_type, user_id;  // of the event, if it is JSON that has them
  std::int64_t time_ms = 0;         // of its rejection
};

DeadLetter read_dead_letter(const Record& record);
// The same without the event's type and user, which are not looked for.
DeadLetter read_letter_headers(const Record& record);

// Each is one of the given ones, or anything if none is given. Times are Unix milliseconds.
struct LetterFilter {
  std::vector<std::string> codes, pointers, keys, types, users;
  std::optional<std::int64_t> since_ms, until_ms;  // since: inclusive; until: exclusive

  bool matches(const DeadLetter& letter) const;
  // Whether it looks at what read_letter_headers() does not read.
  bool needs_event() const noexcept { return !types.empty() || !users.empty(); }
};

}  // namespace penstock::ctl
