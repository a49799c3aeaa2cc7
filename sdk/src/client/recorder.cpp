// The spine of the SDK: track() reads like the path of an event.
//
//   consent -> session (session/sessions) -> identity
//           -> encode and mask (event/event_encoder, event/json_event)
//           -> append (journal/writer) -> ring (transport/doorbell)
//
// and from there the sender thread takes it (transport/sender).
#include "client/recorder.hpp"

#include <algorithm>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "client/event_rules.hpp"
#include "event/json_event.hpp"
#include "privacy/mask.hpp"
#include "wire/uuid.hpp"

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
                   const consent::ConsentGate& consent, transport::SenderHandle& sender_handle,
                   Identity& identity, session::Sessions& sessions,
                   const platform::TimeSource& time)
    : rules_(rules),
      types_(options.event_types),
      encoder_(rules, types_),
      event_bytes_max_(options.event_bytes_max),
      consent_(consent),
      sender_handle_(sender_handle),
      journal_(sender_handle.journal()),
      identity_(identity),
      sessions_(sessions),
      time_(time) {}

Status Recorder::track(const Event& event) try {
  if (!consent_.may_record())
    return not_recorded(StatusCode::kNotAllowed, EventEncoder::type_of(event));
  if (EventEncoder::lacks_memory(event))
    return not_recorded(StatusCode::kOutOfMemory, EventEncoder::type_of(event));
  if (EventEncoder::is_too_large(event)) return too_large(EventEncoder::type_of(event));
  const std::int64_t now_ms = begin();
  Identity::Snapshot identity;
  read_identity(identity);

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
  const std::int64_t now_ms = begin();
  Identity::Snapshot identity;
  read_identity(identity);
  const auto buffer = std::make_unique_for_overwrite<char[]>(event_bytes_max_);
  wire::JsonWriter out(buffer.get(), event_bytes_max_);
  std::size_t masked = 0;
  if (Status status = write_json_event(rules_, types_, identity, now_ms, event, out, masked, type);
      !status) {
    return invalid(std::move(status), type);
  }
  return out.overflowed() ? too_large(type) : keep(out, masked, type, now_ms);
} catch (const std::bad_alloc&) {
  return not_recorded(StatusCode::kOutOfMemory, wire::TypeId::kOther);
}

void Recorder::read_identity(Identity::Snapshot& identity) const noexcept {
  identity_.read(identity);
  identity.correlation = flow_stack::correlation(*flow_owner_);
}

template <typename Append>
journal::AppendResult Recorder::append(Append append, Status& cannot_restore) {
  journal::AppendResult appended = append();
  if (appended.code == StatusCode::kNotAllowed && consent_.may_record()) {
    journal_.writer().reopen();  // shut by a denial, which another process has taken back
    appended = append();
  }
  if (appended.code == StatusCode::kIo) {
    cannot_restore = sender_handle_.restore_if_gone();
    if (cannot_restore) appended = append();  // the sender may have restored it, too
  }
  return appended;
}

Status Recorder::keep(const wire::JsonWriter& out, std::size_t masked, wire::TypeId type,
                      std::int64_t now_ms) {
  const journal::RecordInfo info(type, unix_seconds(now_ms));
  Status restored;
  const journal::AppendResult appended =
      append([&] { return journal_.writer().append(out.text(), info); }, restored);
  if (!restored) return cannot_restore(restored, type);
  if (appended.code != StatusCode::kOk) return not_recorded(appended.code, type);
  if (masked != 0) masked_.fetch_add(masked, std::memory_order_relaxed);
  sender_handle_.doorbell().ring(appended.seq);
  return {};
}

Status Recorder::too_large(wire::TypeId type) {
  journal_.ledger().refuse(wire::DropReason::kTooLarge, type);
  return too_large_event(event_bytes_max_);
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

// --- Who and what -------------------------------------------------------------------------------

Status Recorder::write_id(const char* field, std::string_view id, wire::JsonWriter& out) const {
  std::size_t masked = 0;
  if (id.empty()) return {};
  if (const Problem problem = write_identifier(rules_, field, id, out, masked))
    return {StatusCode::kInvalidEvent, problem.text()};
  if (rules_.paths().empty() && rules_.removes(field)) {
    out.truncate(0);
    out.string(privacy::kRemovedMask);
  }
  return {};
}

Status Recorder::misuse(Status why) noexcept {
  flow_owner_->misused.fetch_add(1, std::memory_order_relaxed);
  return why;
}

Status Recorder::set_user(std::string_view id) {
  if (rules_.paths().empty()) return keep_user(id);
  const std::lock_guard lock(user_mutex_);
  Status kept = keep_user(id);
  if (kept) user_ = id;
  return kept;
}

Status Recorder::write_user_again() {
  if (rules_.paths().empty()) return {};
  const std::lock_guard lock(user_mutex_);
  return keep_user(user_);
}

Status Recorder::keep_user(std::string_view id) {
  char buffer[Identity::kWritingBytes];
  wire::JsonWriter out(buffer, sizeof buffer);
  if (Status status = write_id("userId", id, out); !status) return status;
  identity_.set_user(out.text());
  sessions_.set_user(out.text());
  return {};
}

Status Recorder::set_session(std::string_view id) {
  if (sessions_.mode() == SessionMode::kAutomatic || sessions_.is_open()) {
    return misuse({StatusCode::kMisuse,
                   "the client has sessions of its own; see start_session(), or open it with "
                   "another session_mode"});
  }
  char buffer[Identity::kWritingBytes];
  wire::JsonWriter out(buffer, sizeof buffer);
  if (Status status = write_id("sessionId", id, out); !status) return status;
  identity_.set_session(out.text());
  return {};
}

// --- Sessions -----------------------------------------------------------------------------------

std::int64_t Recorder::begin() {
  const std::int64_t now_ms = time_.unix_milliseconds();
  // What a start fails by is counted, and the event itself meets it next.
  if (sessions_.note_activity(now_ms)) static_cast<void>(start_session({}));
  return now_ms;
}

Status Recorder::start_session(std::string_view id) {
  if (sessions_.mode() == SessionMode::kOff)
    return misuse({StatusCode::kMisuse, "session_mode is kOff; open the client with another one"});
  if (!consent_.may_record())
    return not_recorded(StatusCode::kNotAllowed, wire::TypeId::kSessionStart);
  char buffer[Identity::kWritingBytes];
  wire::JsonWriter out(buffer, sizeof buffer);
  char made[wire::kUuidTextBytes];
  if (id.empty()) {
    wire::time_uuid(time_.unix_milliseconds()).format(made);
    id = {made, sizeof made};
  }
  if (Status status = write_id("sessionId", id, out); !status) return status;
  return begin_session(out.text());
}

Status Recorder::begin_session(std::string_view id_json) {
  Status started, restored;
  append(
      [&] {
        started = sessions_.start(id_json);
        return journal::AppendResult{started.code(), 0};
      },
      restored);
  if (!restored) return cannot_restore(restored, wire::TypeId::kSessionStart);
  return end_of(std::move(started), wire::TypeId::kSessionStart);
}

Status Recorder::end_of(Status ended, wire::TypeId type) {
  if (ended.code() == StatusCode::kMisuse) return misuse(std::move(ended));
  if (!ended) return not_recorded(ended.code(), type);
  sender_handle_.doorbell().ring(journal_.last_seq());
  return {};
}

Status Recorder::end_session() { return end_of(sessions_.end(), wire::TypeId::kSessionEnd); }

// --- Pages --------------------------------------------------------------------------------------

Status Recorder::enter_page(std::string_view id) {
  char buffer[Identity::kWritingBytes];
  wire::JsonWriter out(buffer, sizeof buffer);
  if (Status status = write_id("pageId", id, out); !status) return status;
  if (sessions_.has_page()) {
    if (Status left = leave_page(); !left) return left;
  }
  if (Status started = track(Event::page_start(id)); !started) return started;
  sessions_.enter_page(out.text());
  return track(Event::page_view(id));
}

Status Recorder::leave_page() { return end_of(sessions_.leave_page(), wire::TypeId::kPageEnd); }

}  // namespace penstock
