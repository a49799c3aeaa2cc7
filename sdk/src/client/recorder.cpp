// The spine of the SDK: track() reads like the path of an event.
//
//   consent -> identity -> encode and mask (event/event_encoder, event/json_event)
//           -> append (journal/writer) -> ring (transport/doorbell)
//
// and from there the sender thread takes it (transport/sender).
#include "client/recorder.hpp"

#include <algorithm>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "event/json_event.hpp"

namespace penstock {
namespace {

// Almost every event fits here, so that recording one needs no heap. On the stack of the caller's
// thread, which may be a small one.
constexpr std::size_t kStackBufferBytes = 4096;

std::uint32_t unix_seconds(std::int64_t unix_milliseconds) noexcept {
  return static_cast<std::uint32_t>(std::max<std::int64_t>(0, unix_milliseconds / 1000));
}

}  // namespace

Recorder::Recorder(const Options& options, const privacy::RuleSet& rules,
                   const consent::ConsentGate& consent, transport::SenderThread& sender_thread,
                   const platform::TimeSource& time) noexcept
    : rules_(rules),
      encoder_(rules),
      event_bytes_max_(options.event_bytes_max),
      consent_(consent),
      sender_thread_(sender_thread),
      journal_(sender_thread.journal()),
      time_(time) {}

Status Recorder::track(const Event& event) try {
  if (!consent_.may_record())
    return not_recorded(StatusCode::kNotAllowed, EventEncoder::type_of(event));
  if (EventEncoder::lacks_memory(event))
    return not_recorded(StatusCode::kOutOfMemory, EventEncoder::type_of(event));
  if (EventEncoder::is_too_large(event)) return too_large(EventEncoder::type_of(event));
  Identity::Snapshot identity;
  identity_.read(identity);
  const std::int64_t now_ms = time_.unix_milliseconds();

  char stack_buffer[kStackBufferBytes];
  wire::JsonWriter out(stack_buffer, std::min(sizeof stack_buffer, event_bytes_max_));
  EventEncoder::Encoded encoded = encoder_.encode(event, identity, now_ms, out);
  if (encoded.problem) return invalid(encoded.problem, encoded.type);
  if (!out.overflowed()) return keep(out, encoded.masked, encoded.type, now_ms);

  if (event_bytes_max_ <= sizeof stack_buffer) return too_large(encoded.type);
  const auto heap_buffer = std::make_unique_for_overwrite<char[]>(event_bytes_max_);
  wire::JsonWriter larger(heap_buffer.get(), event_bytes_max_);
  encoded = encoder_.encode(event, identity, now_ms, larger);
  return larger.overflowed() ? too_large(encoded.type)
                             : keep(larger, encoded.masked, encoded.type, now_ms);
} catch (const std::bad_alloc&) {
  return not_recorded(StatusCode::kOutOfMemory, EventEncoder::type_of(event));
}

Status Recorder::track_json(std::string_view event) try {
  if (!consent_.may_record()) return not_recorded(StatusCode::kNotAllowed, wire::TypeId::kOther);
  // Masking may shorten an event, but one that is twice too large is not worth the parsing.
  wire::TypeId type = wire::TypeId::kOther;
  if (event.size() > 2 * event_bytes_max_) return too_large(type);
  Identity::Snapshot identity;
  identity_.read(identity);
  const auto buffer = std::make_unique_for_overwrite<char[]>(event_bytes_max_);
  wire::JsonWriter out(buffer.get(), event_bytes_max_);
  std::size_t masked = 0;
  const std::int64_t now_ms = time_.unix_milliseconds();
  if (Status status = write_json_event(rules_, identity, now_ms, event, out, masked, type);
      !status) {
    return invalid(std::move(status), type);
  }
  return out.overflowed() ? too_large(type) : keep(out, masked, type, now_ms);
} catch (const std::bad_alloc&) {
  return not_recorded(StatusCode::kOutOfMemory, wire::TypeId::kOther);
}

Status Recorder::keep(const wire::JsonWriter& out, std::size_t masked, wire::TypeId type,
                      std::int64_t now_ms) {
  const journal::RecordInfo info(type, unix_seconds(now_ms));
  journal::AppendResult appended = journal_.writer().append(out.text(), info);
  if (appended.code == StatusCode::kNotAllowed && consent_.may_record()) {
    journal_.writer().reopen();  // shut by a denial, which another process has taken back
    appended = journal_.writer().append(out.text(), info);
  }
  if (appended.code == StatusCode::kIo) {
    if (Status restored = sender_thread_.restore_if_gone(); !restored)
      return cannot_restore(restored, type);
    appended = journal_.writer().append(out.text(), info);  // the sender may have restored it, too
  }
  if (appended.code != StatusCode::kOk) return not_recorded(appended.code, type);
  if (masked != 0) masked_.fetch_add(masked, std::memory_order_relaxed);
  sender_thread_.doorbell().ring(appended.seq);
  return {};
}

Status Recorder::too_large(wire::TypeId type) {
  journal_.ledger().refuse(wire::DropReason::kTooLarge, type);
  return {StatusCode::kTooLarge, "the event is larger than event_bytes_max (" +
                                     std::to_string(event_bytes_max_) +
                                     " bytes) when encoded; shorten its texts"};
}

Status Recorder::invalid(Status why, wire::TypeId type) {
  journal_.ledger().refuse(wire::DropReason::kInvalid, type);
  return why;
}

Status Recorder::not_recorded(StatusCode code, wire::TypeId type) {
  switch (code) {
    case StatusCode::kClosed:
      return {code, kClosedMessage};
    case StatusCode::kTooLarge:
      return too_large(type);
    case StatusCode::kNotAllowed:
      journal_.ledger().refuse(wire::DropReason::kNotAllowed, type);
      return {code, "there is no consent to record; see Client::set_consent()"};
    case StatusCode::kStorageFull:
      journal_.ledger().refuse(wire::DropReason::kStorageFull, type);
      if (Status why = journal_.writer().append_failure(); !why) return {code, why.message()};
      return {code,
              "the journal has reached disk_bytes_max; it empties as the gateway acknowledges: see "
              "stats().sender_message if it does not"};
    case StatusCode::kOutOfMemory:
      journal_.ledger().refuse(wire::DropReason::kOutOfMemory, type);
      return {code, {}};  // a text would need memory
    default:
      journal_.ledger().refuse(wire::DropReason::kIoError, type);
      return {code, journal_.writer().append_failure().message()};
  }
}

Status Recorder::cannot_restore(const Status& why, wire::TypeId type) {
  if (why.code() == StatusCode::kOutOfMemory) return not_recorded(why.code(), type);
  const bool full = why.code() == StatusCode::kStorageFull;
  journal_.ledger().refuse(full ? wire::DropReason::kStorageFull : wire::DropReason::kIoError,
                           type);
  return {full ? StatusCode::kStorageFull : StatusCode::kIo, why.message()};
}

Status Recorder::set_user(std::string_view id) {
  return set_identifier("userId", &Identity::set_user, id);
}

Status Recorder::set_session(std::string_view id) {
  return set_identifier("sessionId", &Identity::set_session, id);
}

Status Recorder::set_identifier(const char* field, void (Identity::*set)(std::string_view) noexcept,
                                std::string_view id) {
  char buffer[8 * Identity::kJsonBytesMax];  // an escape takes up to six bytes
  wire::JsonWriter out(buffer, sizeof buffer);
  std::size_t masked = 0;
  if (!id.empty()) {
    if (const Problem problem = write_identifier(rules_, field, id, out, masked))
      return {StatusCode::kInvalidEvent, problem.text()};
  }
  (identity_.*set)(out.text());
  return {};
}

}  // namespace penstock
