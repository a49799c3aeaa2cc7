// A request and its answer, as they pass between Client and its users.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::https {

// Of an answer: 250 bytes for each of 2,000 entries. answer_head.hpp has the limit of the head.
inline constexpr std::size_t kAnswerBodyBytesMax = 512 * 1024;

// A POST.
struct Request {
  std::string_view path;  // begins with '/'
  std::string_view body;
  std::string_view content_type = {};      // empty: none
  std::string_view content_encoding = {};  // empty: none
  std::string_view idempotency_key = {};   // empty: none
};

struct Answer {
  int status = 0;  // 0: no answer came, and `error` says why
  std::string body;
  // The headers as they came; empty if there was none.
  std::string content_type, retry_after;
  std::string error;  // holds no byte of a credential or body
};

}  // namespace penstock::https
