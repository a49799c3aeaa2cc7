#include "https/answer_head.hpp"

#include <algorithm>
#include <string_view>

namespace penstock::https {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "HTTP/1.x ddd", and then nothing or a space and a reason; 0 if it is not that.
int read_status(std::string_view line) {
  constexpr std::string_view kVersion = "HTTP/1.";
  const bool fits = line.size() >= 12 && line.starts_with(kVersion) && is_digit(line[7]) &&
                    line[8] == ' ' && std::all_of(line.begin() + 9, line.begin() + 12, is_digit) &&
                    (line.size() == 12 || line[12] == ' ');
  if (!fits) return 0;
  const int status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  return status >= 100 ? status : 0;
}

// Until `bytes` holds an empty line; where that ends, or npos.
std::size_t read_to_empty_line(Channel& channel, std::string& bytes) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  std::size_t searched = 0;
  for (;;) {
    const auto found = bytes.find(kEnd, searched);
    if (found != std::string::npos && found + kEnd.size() <= kAnswerHeadBytesMax) {
      return found + kEnd.size();
    }
    // What does not begin like HTTP need not be waited for to its end.
    constexpr std::string_view kBegin = "HTTP/1.";
    const auto begin = std::min(bytes.size(), kBegin.size());
    if (std::string_view(bytes).substr(0, begin) != kBegin.substr(0, begin)) {
      channel.fail(channel.peer() + " did not answer with valid HTTP");
      return std::string::npos;
    }
    if (bytes.size() >= kAnswerHeadBytesMax) {
      channel.fail("the head of the answer of " + channel.peer() + " is longer than " +
                   std::to_string(kAnswerHeadBytesMax) + " bytes");
      return std::string::npos;
    }
    searched = bytes.size() < kEnd.size() ? 0 : bytes.size() - (kEnd.size() - 1);
    char buffer[4096];
    const auto more = channel.read(buffer, sizeof buffer);
    if (more <= 0) return std::string::npos;
    bytes.append(buffer, static_cast<std::size_t>(more));
  }
}

}  // namespace

bool read_answer_head(Channel& channel, AnswerHead& head) {
  std::string bytes;
  for (int interim = 0; interim <= kInterimAnswersMax; ++interim) {
    const std::size_t end = read_to_empty_line(channel, bytes);
    if (end == std::string::npos) return false;
    const std::size_t line_end = bytes.find("\r\n");
    head.status = read_status(std::string_view(bytes).substr(0, line_end));
    if (head.status == 0) {
      return channel.fail(channel.peer() + " did not answer with valid HTTP");
    }
    if (head.status == 101) {
      return channel.fail(channel.peer() + " wants to switch protocols, which it was not asked to");
    }
    if (head.status >= 200) {
      const std::size_t headers_begin = line_end + 2;
      head.http_1_0 = bytes[7] == '0';
      head.headers = bytes.substr(headers_begin, end - headers_begin);
      head.beyond = bytes.substr(end);
      return true;
    }
    bytes.erase(0, end);
  }
  return channel.fail(channel.peer() + " sends interim answers (1xx) without end");
}

}  // namespace penstock::https
