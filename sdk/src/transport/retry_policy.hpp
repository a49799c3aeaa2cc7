// What to do after one attempt to send a batch. The response table of the wire protocol, as a
// function.
//
// Pure: no clock, no random source, no I/O; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock::transport {

// The longest that a Retry-After is obeyed: a mistyped one must not silence a program for a year.
inline constexpr std::chrono::hours kRetryAfterMax{1};

inline constexpr int kNoAnswer = 0;  // in place of a status: the network failed before one came

struct Attempt {
  int status = kNoAnswer;
  // Of a 2xx: the body is a gateway's answer to just this batch. A captive portal also says 200.
  bool answer_fits = false;
  unsigned failures_before = 0;                          // in a row
  unsigned refusals_before = 0;                          // in a row
  std::optional<std::chrono::milliseconds> retry_after;  // what the server asked for
};

struct RetryLimits {
  std::chrono::milliseconds delay_min, delay_max;
  std::chrono::milliseconds refusal_delay_min, refusal_delay_max;
};

enum class Action {
  kAcknowledge,  // the batch is in Kafka or in the dead-letter topic: trim the journal
  kRetry,        // the same batch again, after `wait`
  kSplit,        // the batch is too large for the gateway: half of it
  // The server refuses this client, and a person must act: the same batch again after a long `wait`
  kAskRarely,
};

struct Decision {
  Action action;
  std::chrono::milliseconds wait{0};  // before the next request
  bool server_asked = false;          // `wait` holds a Retry-After: nobody may shorten it
};

// `random` is from [0, 1): it chooses the delay within [0, min(delay_max, delay_min *
// 2^failures_before)], which is full jitter, so that a fleet that failed together does not come
// back together. A Retry-After is the least wait, and the jitter comes on top.
// After a refusal the delay is in the upper half of [0, min(refusal_delay_max, refusal_delay_min *
// 2^refusals_before)].
Decision decide(const Attempt& attempt, const RetryLimits& limits, double random) noexcept;

// Reads a Retry-After header: seconds, or a date as in "Sun, 06 Nov 1994 08:49:37 GMT" (a past one:
// 0). At most kRetryAfterMax; nullopt if it is neither.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value,
                                                           std::int64_t now_unix_seconds) noexcept;

}  // namespace penstock::transport
