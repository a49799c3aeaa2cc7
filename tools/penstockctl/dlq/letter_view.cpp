#include "letter_view.hpp"

#include <nlohmann/json.hpp>
#include <regex>
#include <stdexcept>

#include "wire/bounded_json.hpp"
#include "wire/field_names.hpp"

namespace penstock::ctl {
namespace {

using Json = nlohmann::ordered_json;

// Line by line, since what a line holds may steer a terminal, and its end may not.
std::string plain_lines(const std::string& text) {
  std::string lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    lines += "  " + plain(text.substr(begin, end - begin)) + '\n';
    begin = end + 1;
  }
  return lines;
}

std::string value_text(const std::string& value) {
  const auto json = wire::parse_bounded<Json>(value);
  if (json.is_discarded()) return plain_lines(value);
  return plain_lines(json.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

std::string to_page(const Record& record, const DeadLetter& letter) {
  std::string page = plain(letter.code) + " at " +
                     (letter.pointer.empty() ? "the event as a whole" : plain(letter.pointer)) +
                     ": " + plain(letter.message) + "\n\n";
  page += "  " + to_width("place", 16) + plain(record.topic) + '[' +
          std::to_string(record.partition) + "]@" + std::to_string(record.offset) + '\n';
  if (record.key) page += "  " + to_width("key", 16) + plain(*record.key) + '\n';
  for (const auto& [name, value] : record.headers) {
    if (name != wire::letter::kContext)
      page += "  " + to_width(plain(name), 16) + plain(value) + '\n';
  }
  page += "\nthe event, masked as it lies there:\n" + value_text(record.value);
  if (const auto context = record.header(wire::letter::kContext))
    page += "\nthe context of its batch:\n" + value_text(std::string(*context));
  return page;
}

ReaderSettings::Place parse_place(const std::string& text) {
  static const std::regex kPlace(R"((?:.*\[(\d{1,9})\]|(\d{1,9}))@(\d{1,18}))");
  std::smatch parts;
  if (text.size() > 300 || !std::regex_match(text, parts, kPlace))
    throw std::runtime_error("give a place as [partition]@offset, for example [3]@17");
  const std::string partition = parts[1].matched ? parts[1] : parts[2];
  return {std::stoi(partition), std::stoll(parts[3])};
}

}  // namespace penstock::ctl
