// Whatever a server answers: verdicts that count as an acknowledgement are about every event of the
// batch, a problem's text is one bounded line without the key, and a Retry-After is obeyed, though
// not for ever. The first byte is the batch's size; the rest is the body, and the header as well.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "check.hpp"
#include "transport/answer_reader.hpp"
#include "transport/retry_policy.hpp"

namespace {

using namespace penstock::transport;
using std::chrono::milliseconds;

constexpr std::string_view kSecret = "pk_s3cret";
constexpr std::int64_t kNow = 1'733'661'296;  // 2024-12-08T12:34:56Z
constexpr RetryLimits kLimits{milliseconds(500), milliseconds(60'000), milliseconds(60'000),
                              std::chrono::hours(1)};

bool check_verdicts(std::string_view body, std::size_t events) {
  const auto verdicts = read_verdicts(body, events);
  if (!verdicts) return false;
  PENSTOCK_CHECK(verdicts->accepted + verdicts->rejected.size() == events);
  const auto answer = nlohmann::json::parse(body, nullptr, false);
  PENSTOCK_CHECK(answer.is_object() && answer["accepted"] == verdicts->accepted);
  PENSTOCK_CHECK(answer["rejected"].size() == verdicts->rejected.size());
  for (const auto& entry : answer["rejected"]) PENSTOCK_CHECK(entry["index"] < events);
  // An answer to a batch of another size is none to this one.
  PENSTOCK_CHECK(!read_verdicts(body, events + 1));
  PENSTOCK_CHECK(events == 0 || !read_verdicts(body, events - 1));
  return true;
}

void check_problem(std::string_view body) {
  const std::string text = read_problem(body, kSecret);
  PENSTOCK_CHECK(text.size() <= 200);
  PENSTOCK_CHECK(text.find(kSecret) == text.npos);
  PENSTOCK_CHECK(
      std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }));
}

std::optional<milliseconds> check_retry_after(std::string_view value) {
  const auto wait = parse_retry_after(value, kNow);
  const bool digits = !value.empty() && value.find_first_not_of("0123456789") == value.npos;
  PENSTOCK_CHECK(wait || !digits);
  if (!wait) return wait;
  PENSTOCK_CHECK(*wait >= milliseconds(0) && *wait <= kRetryAfterMax);
  if (digits && value.size() < 10)
    PENSTOCK_CHECK(*wait ==
                   std::min<milliseconds>(std::chrono::seconds(std::stoll(std::string(value))),
                                          kRetryAfterMax));
  // What was a minute away is now, a minute later.
  const auto later = parse_retry_after(value, kNow + 60);
  PENSTOCK_CHECK(later && (digits ? later == wait : *later <= *wait));
  return wait;
}

void check_decision(const Attempt& attempt) {
  for (const double random : {0.0, 0.5, 0.999}) {
    const Decision decision = decide(attempt, kLimits, random);
    const bool acknowledged = decision.action == Action::kAcknowledge;
    PENSTOCK_CHECK(!acknowledged || (attempt.answer_fits && attempt.status / 100 == 2));
    const bool waits = decision.action == Action::kRetry || decision.action == Action::kAskRarely;
    PENSTOCK_CHECK(decision.wait <= kLimits.refusal_delay_max + kRetryAfterMax);
    PENSTOCK_CHECK(waits || decision.wait.count() == 0);
    if (decision.server_asked) PENSTOCK_CHECK(decision.wait >= *attempt.retry_after);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  Attempt attempt;
  attempt.answer_fits = check_verdicts(text, data[0]);
  check_problem(text);
  attempt.retry_after = check_retry_after(text);
  attempt.failures_before = data[0];
  for (const int status : {kNoAnswer, 200, 202, 204, 301, 400, 401, 413, 429, 500, 503, 999}) {
    attempt.status = status;
    check_decision(attempt);
  }
  return 0;
}
