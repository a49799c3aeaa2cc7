// The forms in which a value may leave a program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/leaks/planted.hpp"

namespace penstock::test {

std::string json_escaped(std::string_view utf8);        // the inside of a string, as plain ASCII
std::string percent_encoded(std::string_view text);     // all but RFC 3986's unreserved characters
std::string without_separators(std::string_view text);  // its digits alone

// Every form that is searched for, each once.
std::vector<std::string> forms_of(const Planted& planted);

}  // namespace penstock::test
