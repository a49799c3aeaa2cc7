#include "answer_writer.hpp"

#include <array>
#include <charconv>

#include "reason_phrase.hpp"

namespace penstock::gateway {
namespace {

template <typename Number>
void append(std::string& out, Number number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

// As IETF's draft-ietf-httpapi-ratelimit-headers had them up to its 7th version, which is what
// clients know.
void append_rate_limit(std::string& out, const RateStatus& status) {
  out.append("\r\nRateLimit-Limit: ");
  append(out, status.limit);
  out.append("\r\nRateLimit-Remaining: ");
  append(out, status.remaining);
  out.append("\r\nRateLimit-Reset: ");
  append(out, status.reset_s);
}

}  // namespace

void AnswerWriter::write(const Answer& answer, const AnswerForm& form, std::string& out) {
  out.assign("HTTP/1.1 ");
  append(out, answer.status);
  out.append(" ").append(reason_phrase(answer.status));
  out.append("\r\nDate: ").append(date(std::time(nullptr)));
  out.append("\r\nContent-Type: ").append(answer.content_type);
  out.append("\r\nContent-Length: ");
  append(out, answer.body.size());
  if (answer.retry_after_s) {
    out.append("\r\nRetry-After: ");
    append(out, *answer.retry_after_s);
  }
  if (answer.rate_limit) append_rate_limit(out, *answer.rate_limit);
  if (answer.status == 401) out.append("\r\nWWW-Authenticate: Bearer");
  if (answer.status == 405) out.append("\r\nAllow: POST");
  if (!form.keep_alive) out.append("\r\nConnection: close");
  out.append("\r\n\r\n");
  if (!form.head_only) out.append(answer.body);
}

std::string_view AnswerWriter::date(std::time_t now) {
  if (now == dated_) return date_;
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 32> text;
  // The gateway runs in the "C" locale, whose names of days and months are those of the standard.
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  date_.assign(text.data(), size);
  dated_ = now;
  return date_;
}

}  // namespace penstock::gateway
