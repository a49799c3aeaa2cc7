// The head of an HTTP answer, read and judged before an HTTP library sees it: from the gateway, or
// from a proxy that is asked for a tunnel.
#pragma once

#include <cstddef>
#include <string>

#include "https/channel.hpp"

namespace penstock::https {

// Status line and headers. A gateway's are far below.
inline constexpr std::size_t kAnswerHeadBytesMax = 16 * 1024;
// 100, 102 and 103 that may come before the answer itself.
inline constexpr int kInterimAnswersMax = 8;

struct AnswerHead {
  int status = 0;
  bool http_1_0 = false;
  std::string headers;  // each with its "\r\n", and the empty line
  std::string beyond;   // what came with it: the first bytes of the body
};

// Reads one, skipping interim answers (1xx). False, with a text in channel.error(), if the stream
// ends or fails, or what comes is not HTTP/1.x, is longer than kAnswerHeadBytesMax, switches
// protocols, or has more than kInterimAnswersMax before it.
bool read_answer_head(Channel& channel, AnswerHead& head);

}  // namespace penstock::https
