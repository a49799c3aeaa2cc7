#include "batch_reader.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "batch_splitter.hpp"
#include "json_text.hpp"
#include "wire/field_names.hpp"

namespace penstock::gateway {
namespace {

// {"sentAt":…,"events":[{…}]}: what stands around an event does not count as its depth.
constexpr std::size_t kDepthAround = 2;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view without_byte_order_mark(std::string_view body) noexcept {
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  return body;
}

Problem not_a_batch(std::string_view detail) {
  return {400, "not_a_batch", std::string(detail), {}};
}

Problem too_many_events(std::size_t events_max) {
  return {413,
          "too_many_events",
          "the batch has more than " + std::to_string(events_max) + " events; send several batches",
          {}};
}

Reject broken(wire::RejectCode code, std::size_t at, std::string_view expected) {
  return {code, "", "expected " + std::string(expected) + " at byte " + std::to_string(at)};
}

// Why a text that is not even a row of tokens is refused.
Reject unreadable(ScanResult result, std::string_view raw) {
  switch (result) {
    case ScanResult::kInvalidUtf8:
      return broken(wire::RejectCode::kInvalidUtf8, first_invalid_utf8(raw), "UTF-8");
    case ScanResult::kControlCharacter:
      return {wire::RejectCode::kMalformedJson, "",
              "expected control characters in strings to be escaped"};
    case ScanResult::kUnclosedString:
      return {wire::RejectCode::kMalformedJson, "", "expected a '\"' behind the last string"};
    default:
      return {wire::RejectCode::kMalformedJson, "", "expected an event, found nothing"};
  }
}

}  // namespace

Outcome<void> BatchReader::read_json() {
  const std::string_view body = without_byte_order_mark(batch_.body);
  if (read_whole(body)) return {};
  if (problem_) return *problem_;
  start_again();
  return read_split(body);
}

// Each event alone: the body is not valid JSON as a whole.
Outcome<void> BatchReader::read_split(std::string_view body) {
  // The brackets that are open, in a string that doubles.
  const LeasedForNow brackets(batch_.memory.lease(), 2 * body.size());
  const auto split = split_batch(body, limits_.events_per_batch);
  if (!split) {
    return not_a_batch(
        "the body must be a batch object, an array of events or an event; it is not JSON, or is "
        "cut off");
  }
  if (split->events.size() > limits_.events_per_batch)
    return too_many_events(limits_.events_per_batch);
  if (!split->before.empty()) {
    // What is left without its events is a batch as well, and must be valid.
    const std::size_t bytes = split->before.size() + split->after.size();
    char* const envelope = batch_.allocate(bytes);
    std::memcpy(envelope, split->before.data(), split->before.size());
    std::memcpy(envelope + split->before.size(), split->after.data(), split->after.size());
    if (!read_whole({envelope, bytes}))
      return problem_ ? *problem_ : not_a_batch("the batch object around its events is not JSON");
  }
  for (const std::string_view event : split->events) read_alone(event);
  return {};
}

Outcome<void> BatchReader::read_ndjson() {
  if (read_lines()) return {};
  if (problem_) return *problem_;

  start_again();
  const auto split = split_lines(without_byte_order_mark(batch_.body), limits_.events_per_batch);
  if (split.events.size() > limits_.events_per_batch)
    return too_many_events(limits_.events_per_batch);
  for (const std::string_view event : split.events) read_alone(event);
  return {};
}

bool BatchReader::read_whole(std::string_view text) {
  if (index_.scan(text, batch_.memory.lease()) != ScanResult::kOk) return false;
  JsonWalker walker(text, index_, limits_.depth + kDepthAround);
  if (walker.next() == '[') return read_array(walker) && walker.at_end();
  if (walker.next() != '{') return false;

  bool is_batch = false;
  if (!read_object(walker, is_batch) || !walker.at_end()) return false;
  if (is_batch) {
    problem_ = envelope_.problem();
    return !problem_;
  }
  start_again();
  JsonWalker event(text, index_, limits_.depth);
  return read_event(event);
}

// Tokens of all lines at once; each event must be the only one on its line.
bool BatchReader::read_lines() {
  const std::string_view body = without_byte_order_mark(batch_.body);
  const ScanResult scanned = index_.scan(body, batch_.memory.lease());
  if (scanned == ScanResult::kEmpty) return true;
  if (scanned != ScanResult::kOk) return false;
  JsonWalker walker(body, index_, limits_.depth);
  while (!walker.at_end()) {
    const std::size_t line_end = std::min(body.find('\n', walker.offset()), body.size());
    if (!read_event(walker)) return false;
    const bool ends_in_line =
        batch_.events.back().raw.data() + batch_.events.back().raw.size() <= body.data() + line_end;
    if (!ends_in_line || walker.offset() < line_end) return false;
  }
  return true;
}

bool BatchReader::read_object(JsonWalker& walker, bool& is_batch) {
  return walker.object([&](const JsonText& text) {
    const std::string_view name = unescaped_text(text, batch_);
    if (name != wire::field::kEvents) return envelope_.read_member(name, walker);
    if (std::exchange(is_batch, true)) {
      problem_ = not_a_batch("the batch object has \"events\" twice");
      return false;
    }
    if (walker.next() != '[') {
      problem_ = not_a_batch("/events of the batch: expected an array");
      return false;
    }
    return read_array(walker);
  });
}

bool BatchReader::read_array(JsonWalker& walker) {
  return walker.array([&] { return read_event(walker); });
}

bool BatchReader::read_event(JsonWalker& walker) {
  if (batch_.events.size() == limits_.events_per_batch) {
    problem_ = too_many_events(limits_.events_per_batch);
    return false;
  }
  const std::size_t tokens = walker.remaining();
  if (!events_.read(walker)) return false;
  if (batch_.events.size() == 1) make_room(walker, tokens);
  return true;
}

// The first event tells how many there may be, and with how many fields.
void BatchReader::make_room(const JsonWalker& walker, std::size_t tokens_before) {
  const std::size_t tokens = tokens_before - walker.remaining();
  const std::size_t events =
      std::min(tokens_before / std::max<std::size_t>(tokens, 1), limits_.events_per_batch);
  batch_.events.reserve(events + 1);
  batch_.fields.reserve((events + 1) * batch_.fields.size());
  batch_.metadata_names.reserve((events + 1) * batch_.metadata_names.size());
}

void BatchReader::read_alone(std::string_view raw) {
  if (raw.size() > limits_.event_bytes) {
    return events_.add_broken(
        raw, {wire::RejectCode::kTooLarge, "",
              "expected at most " + std::to_string(limits_.event_bytes) + " bytes"});
  }
  const ScanResult scanned = index_.scan(raw, batch_.memory.lease());
  if (scanned != ScanResult::kOk) return events_.add_broken(raw, unreadable(scanned, raw));

  const std::size_t events = batch_.events.size();
  const std::size_t fields = batch_.fields.size();
  const std::size_t names = batch_.metadata_names.size();
  JsonWalker walker(raw, index_, limits_.depth);
  if (events_.read(walker) && (walker.at_end() || walker.fail("nothing more"))) return;
  batch_.events.resize(events);
  batch_.fields.resize(fields);
  batch_.metadata_names.resize(names);
  const JsonError& error = walker.error();
  events_.add_broken(raw, broken(error.code, error.at, error.expected));
}

void BatchReader::start_again() {
  batch_.events.clear();
  batch_.fields.clear();
  batch_.metadata_names.clear();
  envelope_.forget();
}

}  // namespace penstock::gateway
