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

// Columns line up for values up to these widths.
constexpr std::size_t kPlaceWidth = 21, kWhatWidth = 18, kWhoWidth = 12, kWhereWidth = 16;

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

std::string plain(std::string_view text) {
  if (!has_control(text)) return std::string(text);
  // All but ASCII as \u....: ugly, but nothing gets through; DEL is ASCII.
  auto escaped = json(text).dump(-1, ' ', true, json::error_handler_t::replace);
  std::ranges::replace(escaped, '\x7f', '?');
  return escaped.substr(1, escaped.size() - 2);
}

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

class Line {
 public:
  explicit Line(bool colour) : colour_(colour) {}

  Line& add(std::string_view text, std::size_t width, std::string_view style = "") {
    if (!line_.empty()) line_ += ' ';
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
  static std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
  }

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

std::string dead_letter_line(const Record& record, std::string_view code, bool colour) {
  const auto header = [&](std::string_view name) {
    return plain(record.header(name).value_or(""));
  };
  auto pointer = header(field::kPointer);
  if (pointer.empty()) pointer = "the event";
  auto time = header("rejectedAt");
  if (time.empty()) time = kafka_time(record);
  return Line(colour)
      .add(readable_time(std::move(time)), 0, kDim)
      .add(place(record), kPlaceWidth, kDim)
      .add("REJECTED", kWhatWidth, kRed)
      .add(plain(code) + " at " + pointer + ": " + header(field::kMessage), 0)
      .add("(write key " + header("keyId") + ", event " + header(field::kIndex) + " of its batch)",
           0, kDim)
      .take();
}

std::string event_line(const Record& record, const json& event, bool colour) {
  auto time = text_of(event, field::kTimestamp);
  auto what = text_of(event, field::kActivityType);
  if (what.empty()) what = text_of(event, field::kAction);
  if (what.empty()) what = text_of(event, field::kEventType);
  auto where = text_of(event, field::kPageId);
  if (const auto changed = text_of(event, field::kRecordId); !changed.empty())
    where += (where.empty() ? "" : " ") + changed;

  Line line(colour);
  line.add(readable_time(time.empty() ? kafka_time(record) : std::move(time)), 0, kDim)
      .add(place(record), kPlaceWidth, kDim)
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

std::optional<std::string_view> Record::header(std::string_view name) const {
  for (const auto& [its_name, content] : headers)
    if (its_name == name) return content;
  return std::nullopt;
}

std::string to_pretty(const Record& record, bool colour) {
  if (const auto code = record.header(field::kCode)) return dead_letter_line(record, *code, colour);
  const auto event = wire::parse_bounded<json>(record.value);
  if (event.is_object()) return event_line(record, event, colour);
  return Line(colour)
      .add(readable_time(kafka_time(record)), 0, kDim)
      .add(place(record), kPlaceWidth, kDim)
      .add(std::to_string(record.value.size()) + " bytes that are no JSON event", 0)
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
