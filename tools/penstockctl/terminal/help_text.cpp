#include "help_text.hpp"

#include <algorithm>

namespace penstock::ctl {
namespace {

void append_wrapped(std::string& to, std::string line, std::size_t width, std::size_t column) {
  const std::size_t indent = line.starts_with(' ') ? column : 0;
  for (std::size_t kept = 0; line.size() > width; kept = indent) {
    // Not within the indentation, nor in front of the description, which would leave a line empty.
    const auto blank = line.rfind(' ', width);
    if (blank == std::string::npos || blank <= std::max(kept, indent)) break;
    to += line.substr(0, line.find_last_not_of(' ', blank) + 1) + '\n';
    line = std::string(indent, ' ') + line.substr(blank + 1);
  }
  to += line;
}

}  // namespace

std::string wrapped(const std::string& help, std::size_t width, std::size_t column) {
  std::string text;
  for (std::size_t begin = 0; begin < help.size();) {
    const auto end = std::min(help.find('\n', begin), help.size());
    append_wrapped(text, help.substr(begin, end - begin), width, column);
    if (end < help.size()) text += '\n';
    begin = end + 1;
  }
  return text;
}

}  // namespace penstock::ctl
