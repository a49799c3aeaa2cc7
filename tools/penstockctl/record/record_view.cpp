#include "record_view.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "wire/bounded_json.hpp"
#include "wire/field_names.hpp"
#include "wire/timestamp.hpp"

namespace penstock::ctl {
namespace {

using nlohmann::json;
namespace field = wire::field;

constexpr std::string_view kDim = "\x1b[2m", kBold = "\x1b[1m", kCyan = "\x1b[36m",
                           kRed = "\x1b[31m", kEnd = "\x1b[0m";

// Of "2024-12-08 12:34:56.789"; the last column, details, is as wide as the terminal.
constexpr std::size_t kTimeWidth = 23, kWhatWidth = 18, kWhoWidth = 16, kWhereWidth = 20;
constexpr std::string_view kEllipsis = "…";

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string kafka_time(const Record& record) {
  std::string text(wire::kTimestampBytes, ' ');
  wire::format_timestamp(record.timestamp_ms, text.data());
  return text;
}

// C0, DEL and (as UTF-8) C1: what could steer a terminal.
bool has_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0)
      return true;
  }
  return false;
}

}  // namespace

std::string plain(std::string_view text) {
  if (!has_control(text)) return std::string(text);
  // All but ASCII as \u....: ugly, but nothing gets through; DEL is ASCII.
  auto escaped = json(text).dump(-1, ' ', true, json::error_handler_t::replace);
  std::ranges::replace(escaped, '\x7f', '?');
  return escaped.substr(1, escaped.size() - 2);
}

namespace {

std::string text_of(const json& event, std::string_view name) {
  const auto at = event.find(name);
  if (at == event.end()) return "";
  return plain(at->is_string() ? at->get_ref<const std::string&>() : dump(*at));
}

std::string detail_value(const json& value) {
  if (!value.is_string()) return plain(dump(value));
  const auto& text = value.get_ref<const std::string&>();
  const bool needs_quotes = text.empty() || text.find_first_of(" \"=") != std::string::npos;
  return plain(needs_quotes ? dump(value) : text);
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// The first `width` - 1 characters, and an ellipsis.
std::string shortened(std::string_view text, std::size_t width) {
  std::size_t bytes = 0;
  for (std::size_t characters = 0; characters < width; ++bytes) {
    if (bytes == text.size()) break;
    if ((static_cast<unsigned char>(text[bytes]) & 0xc0) != 0x80 && ++characters == width) break;
  }
  return std::string(text.substr(0, bytes)) + std::string(kEllipsis);
}

class Line {
 public:
  explicit Line(bool colour) : colour_(colour) {}

  // `width` 0: as wide as it is.
  Line& add(std::string_view whole, std::size_t width, std::string_view style = "") {
    if (!line_.empty()) line_ += ' ';
    const std::string cut = width > 0 && code_points(whole) > width ? shortened(whole, width) : "";
    const std::string_view text = cut.empty() ? whole : cut;
    if (colour_ && !style.empty())
      line_.append(style).append(text).append(kEnd);
    else
      line_ += text;
    const auto shown = code_points(text);
    if (shown < width) line_.append(width - shown, ' ');
    return *this;
  }
  std::string take() {
    line_.erase(line_.find_last_not_of(' ') + 1);
    return std::move(line_);
  }

 private:
  const bool colour_;
  std::string line_;
};

// 2024-12-08T12:34:56.789Z as 2024-12-08 12:34:56.789
std::string readable_time(std::string time) {
  if (time.size() == wire::kTimestampBytes) {
    time[10] = ' ';
    time.pop_back();
  }
  return time;
}

std::string place(const Record& record) {
  return plain(record.topic) + '[' + std::to_string(record.partition) + "]@" +
         std::to_string(record.offset);
}

std::string dead_letter_line(const Record& record, std::string_view code,
                             const ViewSettings& view) {
  const auto header = [&](std::string_view name) {
    return plain(record.header(name).value_or(""));
  };
  auto pointer = header(field::kPointer);
  if (pointer.empty()) pointer = "the event";
  auto time = header("rejectedAt");
  if (time.empty()) time = kafka_time(record);
  return Line(view.colour)
      .add(readable_time(std::move(time)), kTimeWidth, kDim)
      .add(place(record), view.place_width, kDim)
      .add("REJECTED", kWhatWidth, kRed)
      .add(plain(code) + " at " + pointer + ": " + header(field::kMessage), 0)
      .add("(write key " + header("keyId") + ", event " + header(field::kIndex) + " of its batch)",
           0, kDim)
      .take();
}

std::string event_line(const Record& record, const json& event, const ViewSettings& view) {
  auto time = text_of(event, field::kTimestamp);
  auto what = text_of(event, field::kActivityType);
  if (what.empty()) what = text_of(event, field::kAction);
  if (what.empty()) what = text_of(event, field::kEventType);
  auto where = text_of(event, field::kRecordId);
  if (const auto page = text_of(event, field::kPageId); !page.empty())
    where += (where.empty() ? "" : " ") + page;

  Line line(view.colour);
  line.add(readable_time(time.empty() ? kafka_time(record) : std::move(time)), kTimeWidth, kDim)
      .add(place(record), view.place_width, kDim)
      .add(what, kWhatWidth, kBold)
      .add(text_of(event, field::kUserId), kWhoWidth)
      .add(where, kWhereWidth, kCyan);
  if (const auto details = event.find(field::kDetails);
      details != event.end() && details->is_object()) {
    for (const auto& [name, value] : details->items())
      line.add(plain(name) + "=" + detail_value(value), 0);
  }
  return line.take();
}

}  // namespace

std::string to_width(std::string_view text, std::size_t width) {
  const std::size_t size = code_points(text);
  return size > width ? shortened(text, width) : std::string(text) + std::string(width - size, ' ');
}

std::optional<std::string_view> Record::header(std::string_view name) const {
  for (const auto& [its_name, content] : headers)
    if (its_name == name) return content;
  return std::nullopt;
}

std::size_t place_width_of(const std::vector<std::string>& topics) {
  constexpr std::string_view kBehind = "[00]@0000000";
  std::size_t longest = 0;
  for (const auto& topic : topics) longest = std::max(longest, topic.size());
  return longest + kBehind.size();
}

std::string pretty_heads(const ViewSettings& view) {
  return Line(view.colour)
      .add("TIME", kTimeWidth, kBold)
      .add("TOPIC[PARTITION]@OFFSET", view.place_width, kBold)
      .add("WHAT", kWhatWidth, kBold)
      .add("USER", kWhoWidth, kBold)
      .add("WHERE", kWhereWidth, kBold)
      .add("DETAILS", 0, kBold)
      .take();
}

std::string to_pretty(const Record& record, const ViewSettings& view) {
  if (const auto code = record.header(field::kCode)) return dead_letter_line(record, *code, view);
  const auto event = wire::parse_bounded<json>(record.value);
  if (event.is_object()) return event_line(record, event, view);
  return Line(view.colour)
      .add(readable_time(kafka_time(record)), kTimeWidth, kDim)
      .add(place(record), view.place_width, kDim)
      .add(std::to_string(record.value.size()) + " bytes that are not a JSON event", 0)
      .take();
}

std::string to_json_line(const Record& record) {
  nlohmann::ordered_json line{
      {"topic", record.topic},   {"partition", record.partition},
      {"offset", record.offset}, {"timestamp", kafka_time(record)},
      {"key", nullptr},          {"headers", nlohmann::ordered_json::object()}};
  if (record.key) line["key"] = *record.key;
  for (const auto& [name, value] : record.headers) line["headers"][name] = value;
  auto value = wire::parse_bounded<nlohmann::ordered_json>(record.value);
  line["value"] = value.is_discarded() ? nlohmann::ordered_json(record.value) : std::move(value);
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::pair<std::string, std::uint64_t> order_of_event(const Record& record) {
  const auto event = wire::parse_bounded<json>(record.value);
  std::string time = kafka_time(record);
  std::uint64_t seq = 0;
  if (event.is_object()) {
    if (const auto at = event.find(field::kTimestamp); at != event.end() && at->is_string())
      time = at->get<std::string>();
    if (const auto at = event.find(field::kSeq); at != event.end() && at->is_number_unsigned())
      seq = at->get<std::uint64_t>();
  }
  return {std::move(time), seq};
}

}  // namespace penstock::ctl
