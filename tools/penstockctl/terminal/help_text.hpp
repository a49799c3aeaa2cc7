// Help that fits into a terminal. Pure.
#pragma once

#include <cstddef>
#include <string>

namespace penstock::ctl {

// `help` with each line of more than `width` characters broken between words. What is broken off a
// line that is indented, an option's, is indented to `column`, where the descriptions stand.
std::string wrapped(const std::string& help, std::size_t width, std::size_t column);

}  // namespace penstock::ctl
