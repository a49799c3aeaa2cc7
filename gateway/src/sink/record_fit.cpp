#include "record_fit.hpp"

#include <string>
#include <string_view>

#include "wire/json_writer.hpp"

namespace penstock::gateway {
namespace {

// Kafka's record batch, version 2: its own header has 61 bytes; a record has eight numbers of up to
// 10 bytes, a header two of up to 5. Source: Kafka's documentation, "Message Format".
constexpr std::size_t kBatchBytes = 61 + 8 * 10;
constexpr std::size_t kHeaderBytes = 2 * 5;
constexpr std::size_t kNameBytes = 16;  // of a header's name, at most
constexpr std::size_t kValueBytes =
    36;  // of a header's value that is a number, a time, an id or a code, at most

std::size_t letter_headers_bytes(const Batch& batch, const Event& event) noexcept {
  constexpr std::size_t kHeaders = 12;
  constexpr std::size_t kOfOneSize = 5;  // code, index, rejectedAt, eventId, truncatedFrom
  std::size_t bytes = kHeaders * (kHeaderBytes + kNameBytes) + kOfOneSize * kValueBytes +
                      event.reject->pointer.size() + event.reject->message.size() +
                      event.topic.size() + event.correlation_id.size() + batch.traceparent.size();
  if (!event.without_context) bytes += batch.context_json.size();
  if (batch.client) bytes += batch.client->id.size();
  return bytes;
}

std::size_t overhead_bytes(const Batch& batch, const Event& event) noexcept {
  if (event.reject) return kBatchBytes + event.key.size() + letter_headers_bytes(batch, event);
  constexpr std::size_t kHeaders = 4;
  return kBatchBytes + event.key.size() + kHeaders * (kHeaderBytes + kNameBytes) + kValueBytes +
         event.correlation_id.size() + event.schema.size() + batch.traceparent.size();
}

bool continues_a_character(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// As much of `text`, between two characters, as a JSON string of `room` bytes holds.
std::string_view beginning(std::string_view text, std::size_t room) noexcept {
  constexpr std::size_t kQuotes = 2;
  constexpr std::size_t kEscapedControl = 6;
  std::size_t used = kQuotes;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const auto byte = static_cast<unsigned char>(text[end]);
    const bool escaped = text[end] == '"' || text[end] == '\\';
    used += byte < 0x20 ? kEscapedControl : escaped ? 2 : 1;
    if (used > room) break;
  }
  while (end > 0 && end < text.size() && continues_a_character(text[end])) --end;
  return text.substr(0, end);
}

}  // namespace

std::size_t record_batch_bytes_max(const Batch& batch, const Event& event) noexcept {
  return event.record.size() + overhead_bytes(batch, event);
}

void reject_too_large(const Batch& batch, Event& event, std::size_t limit) {
  event.reject = Reject{wire::RejectCode::kRecordTooLarge, "",
                        "with its context and headers it is " +
                            std::to_string(record_batch_bytes_max(batch, event)) +
                            " bytes in Kafka, whose topic takes " + std::to_string(limit)};
}

void cut_letter(Batch& batch, Event& event, std::size_t limit) {
  if (record_batch_bytes_max(batch, event) <= limit) return;
  if (overhead_bytes(batch, event) > limit / 2) event.without_context = true;
  const std::size_t overhead = overhead_bytes(batch, event);
  const std::size_t room = limit > overhead ? limit - overhead : 0;
  if (event.record.size() <= room) return;
  const std::string_view kept = beginning(event.record, room);
  wire::JsonWriter out(batch.allocate(room), room);
  out.string(kept);
  event.cut_from = event.record.size();
  event.record = out.text();
}

}  // namespace penstock::gateway
