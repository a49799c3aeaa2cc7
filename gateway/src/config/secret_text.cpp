#include "secret_text.hpp"

#include <algorithm>
#include <fstream>
#include <string_view>

#include "file_fault.hpp"

namespace penstock::gateway {
namespace {

constexpr std::size_t kFileBytesMax = 64 * 1024;
constexpr std::string_view kOpening = "${";

bool is_name(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
  });
}

}  // namespace

SecretText expand_variables(const std::string& text, const Environment& environment) {
  SecretText result;
  std::string_view rest = text;
  while (true) {
    const auto at = rest.find(kOpening);
    result.text += rest.substr(0, at);
    if (at == std::string_view::npos) return result;
    if (at > 0 && rest[at - 1] == '$') {
      result.text.back() = '$';  // the one of the two that stays
      result.text += '{';
      rest.remove_prefix(at + kOpening.size());
      continue;
    }
    rest.remove_prefix(at + kOpening.size());
    const auto end = rest.find('}');
    const std::string name(rest.substr(0, end));
    if (end == std::string_view::npos || !is_name(name)) {
      return {"", "${ is not followed by the name of a variable and }; write $${ for a plain ${"};
    }
    const auto found = environment.find(name);
    if (found == environment.end())
      return {"", "the variable " + name + " is not set in the gateway's environment"};
    result.text += found->second;
    rest.remove_prefix(end + 1);
  }
}

SecretText read_secret_file(const std::filesystem::path& file) {
  const auto fault = file_fault(file.string());
  if (!fault.empty()) return {"", file.string() + " " + fault};
  std::ifstream stream(file, std::ios::binary);
  std::string text(kFileBytesMax + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.is_open() || stream.bad()) return {"", file.string() + " cannot be read"};
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kFileBytesMax) return {"", file.string() + " has more than 64 KiB"};
  text.erase(text.find_last_not_of("\r\n") + 1);
  if (text.empty()) return {"", file.string() + " is empty"};
  return {std::move(text), ""};
}

}  // namespace penstock::gateway
