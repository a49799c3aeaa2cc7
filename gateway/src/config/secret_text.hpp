// Values that do not stand in the configuration itself: in variables of the environment, or in
// files.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace penstock::gateway {

using Environment = std::map<std::string, std::string>;

// A text, or what is wrong; neither shows a value.
struct SecretText {
  std::string text;
  std::string error;  // "" if there is none
};

// `text` with each ${NAME} replaced by that variable, and each $${ by ${. An error: a variable that
// is not set, and ${ without a name and a }.
SecretText expand_variables(const std::string& text, const Environment& environment);

// What is in the file, without the line ends behind it. An error: it cannot be read, is empty, or
// has more than 64 KiB.
SecretText read_secret_file(const std::filesystem::path& file);

}  // namespace penstock::gateway
