#include "envelope_reader.hpp"

#include <charconv>
#include <cstdint>
#include <utility>

#include "event_reader.hpp"
#include "wire/field_names.hpp"
#include "wire/identifier.hpp"
#include "wire/timestamp.hpp"

namespace penstock::gateway {
namespace {

std::optional<std::uint64_t> count_of(const JsonValue& value) noexcept {
  if (value.kind != JsonKind::kNumber) return std::nullopt;
  std::uint64_t count = 0;
  const char* const begin = value.raw.data();
  const char* const end = begin + value.raw.size();
  const auto [stop, error] = std::from_chars(begin, end, count);
  if (error != std::errc() || stop != end) return std::nullopt;
  return count;
}

}  // namespace

bool EnvelopeReader::read_member(std::string_view name, JsonWalker& walker) {
  if (name == wire::field::kContext && walker.next() == '{') return read_context(walker);
  if (name == wire::field::kDropped && walker.next() == '{') return read_dropped(walker);

  JsonValue value;
  if (!walker.value(value)) return false;
  if (value.kind == JsonKind::kNull) return true;
  if (name == wire::field::kSentAt) read_sent_at(value);
  if (name == wire::field::kInstallId) read_install_id(value);
  if (name == wire::field::kContext || name == wire::field::kDropped) refuse(name, "an object");
  return true;
}

void EnvelopeReader::read_sent_at(const JsonValue& value) {
  if (value.kind == JsonKind::kString)
    batch_.sent_at_ms = wire::parse_timestamp(unescaped_text(value.text, batch_));
  if (!batch_.sent_at_ms) refuse(wire::field::kSentAt, "an ISO 8601 time in UTC");
}

void EnvelopeReader::read_install_id(const JsonValue& value) {
  std::string_view id;
  if (value.kind == JsonKind::kString) id = unescaped_text(value.text, batch_);
  if (!wire::is_identifier(id)) {
    return refuse(wire::field::kInstallId, "a string of 1 to 256 bytes without control characters");
  }
  batch_.install_id = id;
}

bool EnvelopeReader::read_context(JsonWalker& walker) {
  const std::size_t begin = walker.offset();
  const bool ok = walker.object([&](const JsonText& text) {
    JsonValue value;
    const std::string_view name = unescaped_text(text, batch_);
    if (!walker.value(value)) return false;
    if (batch_.context.size() > limits_.envelope_fields) return true;  // refused below
    for (const ContextField& other : batch_.context) {
      if (other.name == name) refuse(wire::field::kContext, "each field once");
    }
    batch_.context.push_back({name, value.raw, name});
    return true;
  });
  if (!ok) return false;
  if (batch_.context.size() > limits_.envelope_fields) {
    refuse(wire::field::kContext, "at most " + std::to_string(limits_.envelope_fields) + " fields");
  }
  if (walker.since(begin).size() > limits_.context_bytes) {
    refuse(wire::field::kContext, "at most " + std::to_string(limits_.context_bytes) + " bytes");
  }
  return true;
}

bool EnvelopeReader::read_dropped(JsonWalker& walker) {
  const bool ok = walker.object([&](const JsonText& reason) {
    JsonValue value;
    if (!walker.value(value)) return false;
    const auto count = count_of(value);
    if (!count) refuse(wire::field::kDropped, "a whole number for each reason");
    if (count && batch_.dropped.size() <= limits_.envelope_fields) {
      batch_.dropped.emplace_back(unescaped_text(reason, batch_), *count);
    }
    return true;
  });
  if (ok && batch_.dropped.size() > limits_.envelope_fields) {
    refuse(wire::field::kDropped,
           "at most " + std::to_string(limits_.envelope_fields) + " reasons");
  }
  return ok;
}

void EnvelopeReader::forget() {
  batch_.sent_at_ms.reset();
  batch_.install_id.clear();
  batch_.context.clear();
  batch_.dropped.clear();
  problem_.reset();
}

void EnvelopeReader::refuse(std::string_view member, std::string_view expected) {
  if (problem_) return;
  problem_ = Problem{400,
                     "invalid_batch",
                     "/" + std::string(member) + " of the batch: expected " + std::string(expected),
                     {}};
}

}  // namespace penstock::gateway
