// The path of an event on the thread of the application: from track() into the journal.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "consent/consent.hpp"
#include "event/event_encoder.hpp"
#include "event/flow_stack.hpp"
#include "event/identity.hpp"
#include "journal/journal.hpp"
#include "penstock/event.hpp"
#include "penstock/options.hpp"
#include "penstock/status.hpp"
#include "platform/clock.hpp"
#include "privacy/rule_set.hpp"
#include "session/sessions.hpp"
#include "transport/sender_handle.hpp"
#include "wire/json_writer.hpp"

namespace penstock {

inline constexpr const char* kClosedMessage = "the client is closed; open another one";

// Any thread. Functions fail as those of Client do, and may throw std::bad_alloc where a text needs
// memory.
class Recorder {
 public:
  // All that is referred to outlives the recorder; `sessions` are those of `identity`. Events go
  // into the journal of `sender_handle`. Throws std::bad_alloc.
  Recorder(const Options& options, const privacy::RuleSet& rules,
           const consent::ConsentGate& consent, transport::SenderHandle& sender_handle,
           Identity& identity, session::Sessions& sessions, const platform::TimeSource& time);

  Status track(const Event& event);
  Status track_json(std::string_view event);

  // Who and what the next events are about; `id` empty: nobody. kInvalidEvent if `id` is not an
  // identifier.
  Status set_user(std::string_view id);
  Status set_session(std::string_view id);
  // The user as the rules write it now: their salt is another one.
  Status write_user_again();

  // `id` empty: a new one.
  Status start_session(std::string_view id);
  Status end_session();

  Status enter_page(std::string_view id);
  Status leave_page();
  void pause() noexcept { sessions_.pause(); }
  void resume() noexcept { sessions_.resume(); }

  // --- For Flows ---------------------------------------------------------------------------------
  const std::shared_ptr<FlowOwner>& flow_owner() const noexcept { return flow_owner_; }
  // Counts it.
  Status misuse(Status why) noexcept;
  // Writes `id`, masked, or removed if a rule removes `field`; nothing for an empty one.
  Status write_id(const char* field, std::string_view id, wire::JsonWriter& out) const;

  // How many values were masked or removed.
  std::uint64_t masked() const noexcept { return masked_.load(std::memory_order_relaxed); }
  // How many calls made no sense.
  std::uint64_t misused() const noexcept {
    return flow_owner_->misused.load(std::memory_order_relaxed);
  }

 private:
  // What the events of this thread are about.
  void read_identity(Identity::Snapshot& identity) const noexcept;
  // Before each event: now, in Unix time. Starts a session if that is due.
  std::int64_t begin();
  Status keep_user(std::string_view id);
  Status begin_session(std::string_view id_json);
  // An end or a leave: what has failed is counted, or the sender is woken.
  Status end_of(Status ended, wire::TypeId type);
  // Calls `append`, and again once what it failed by is cured.
  template <typename Append>
  journal::AppendResult append(Append append, Status& cannot_restore);
  // Appends what `out` holds, and wakes the sender if it waits for it.
  Status keep(const wire::JsonWriter& out, std::size_t masked, wire::TypeId type,
              std::int64_t now_ms);
  Status too_large(wire::TypeId type);
  Status invalid(Status why, wire::TypeId type);
  Status invalid(const Problem& problem, wire::TypeId type) {
    return invalid(Status(StatusCode::kInvalidEvent, problem.text()), type);
  }
  Status not_recorded(StatusCode code, wire::TypeId type);
  // The folder is gone, and cannot be made again.
  Status cannot_restore(const Status& why, wire::TypeId type);

  const privacy::RuleSet& rules_;
  const EventTypes types_;
  const EventEncoder encoder_;
  const std::size_t event_bytes_max_;
  const consent::ConsentGate& consent_;
  transport::SenderHandle& sender_handle_;
  journal::Journal& journal_;
  Identity& identity_;
  session::Sessions& sessions_;
  const platform::TimeSource& time_;
  // Not touched by a track() that succeeds and masks nothing.
  std::atomic<std::uint64_t> masked_{0};
  std::mutex user_mutex_;
  std::string user_;  // as it came; empty unless there are rules for paths
  const std::shared_ptr<FlowOwner> flow_owner_ = std::make_shared<FlowOwner>();
};

}  // namespace penstock
