#include "dead_letter.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "wire/bounded_json.hpp"
#include "wire/field_names.hpp"
#include "wire/timestamp.hpp"

namespace penstock::ctl {
namespace {

using nlohmann::json;

std::string header_of(const Record& record, std::string_view name) {
  return std::string(record.header(name).value_or(""));
}

std::string text_of(const json& event, std::string_view name) {
  if (!event.is_object()) return "";
  const auto at = event.find(name);
  return at != event.end() && at->is_string() ? at->get<std::string>() : "";
}

bool is_one_of(const std::vector<std::string>& wanted, const std::string& text) {
  return wanted.empty() || std::ranges::find(wanted, text) != wanted.end();
}

}  // namespace

DeadLetter read_dead_letter(const Record& record) {
  const json event = wire::parse_bounded<json>(record.value);
  DeadLetter letter = read_letter_headers(record);
  letter.event_type = text_of(event, wire::field::kEventType);
  letter.user_id = text_of(event, wire::field::kUserId);
  return letter;
}

DeadLetter read_letter_headers(const Record& record) {
  DeadLetter letter;
  letter.code = header_of(record, wire::field::kCode);
  if (letter.code.empty()) letter.code = "(no code)";
  letter.pointer = header_of(record, wire::field::kPointer);
  letter.message = header_of(record, wire::field::kMessage);
  letter.key_id = header_of(record, wire::letter::kKeyId);
  const auto rejected = wire::parse_timestamp(header_of(record, wire::letter::kRejectedAt));
  letter.time_ms = rejected ? *rejected : record.timestamp_ms;
  return letter;
}

bool LetterFilter::matches(const DeadLetter& letter) const {
  return is_one_of(codes, letter.code) && is_one_of(pointers, letter.pointer) &&
         is_one_of(keys, letter.key_id) && is_one_of(types, letter.event_type) &&
         is_one_of(users, letter.user_id) && (!since_ms || letter.time_ms >= *since_ms) &&
         (!until_ms || letter.time_ms < *until_ms);
}

}  // namespace penstock::ctl
