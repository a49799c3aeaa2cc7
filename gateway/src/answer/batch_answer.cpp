#include "batch_answer.hpp"

#include <algorithm>
#include <utility>

#include "wire/field_names.hpp"
#include "wire/json_writer.hpp"

namespace penstock::gateway {
namespace {

// The most one verdict takes: its constant parts, and 6 bytes (\u001f) for each byte of text.
std::size_t verdict_bytes_max(const Reject& reject) noexcept {
  constexpr std::size_t kConstantParts = 128;
  return kConstantParts + 6 * (reject.pointer.size() + reject.message.size());
}

std::size_t body_bytes_max(const Batch& batch) noexcept {
  std::size_t bytes = 64;
  for (const auto& event : batch.events)
    if (event.reject) bytes += verdict_bytes_max(*event.reject);
  return bytes;
}

void member(wire::JsonWriter& out, std::string_view name) {
  out.string(name);
  out.raw(':');
}

void write_verdict(wire::JsonWriter& out, const Event& event) {
  out.raw('{');
  member(out, wire::field::kIndex);
  out.number(std::uint64_t{event.index});
  out.raw(',');
  member(out, wire::field::kCode);
  out.string(wire::reject_code_name(event.reject->code));
  out.raw(',');
  member(out, wire::field::kPointer);
  out.string(event.reject->pointer);
  out.raw(',');
  member(out, wire::field::kMessage);
  out.string(event.reject->message);
  out.raw('}');
}

}  // namespace

std::size_t batch_answer_bytes_max(const Batch& batch) noexcept {
  return 2 * body_bytes_max(batch);
}

Answer batch_answer(const Batch& batch) {
  const auto rejected = static_cast<std::size_t>(
      std::count_if(batch.events.begin(), batch.events.end(),
                    [](const Event& event) { return event.reject.has_value(); }));
  std::string body(body_bytes_max(batch), '\0');
  wire::JsonWriter out(body.data(), body.size());
  out.raw('{');
  member(out, wire::field::kAccepted);
  out.number(std::uint64_t{batch.events.size() - rejected});
  out.raw(',');
  member(out, wire::field::kRejected);
  out.raw('[');
  bool first = true;
  for (const auto& event : batch.events) {
    if (!event.reject) continue;
    if (!std::exchange(first, false)) out.raw(',');
    write_verdict(out, event);
  }
  out.raw("]}");
  body.resize(out.size());

  Answer answer;
  answer.status = 200;
  answer.content_type = wire::kContentTypeJson;
  answer.body = std::move(body);
  return answer;
}

}  // namespace penstock::gateway
