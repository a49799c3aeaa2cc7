// The session of a client while it lives, and the page that its user is on: when each begins, and
// when it ends.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "event/identity.hpp"
#include "journal/journal.hpp"
#include "penstock/options.hpp"
#include "penstock/status.hpp"
#include "platform/clock.hpp"
#include "platform/mutex.hpp"
#include "privacy/rule_set.hpp"
#include "session/page.hpp"
#include "session/session_file.hpp"

namespace penstock::session {

// Any thread. Locks, for who needs several: this one's, then the journal's.
class Sessions {
 public:
  struct Settings {
    SessionMode mode = SessionMode::kManual;
    std::chrono::milliseconds idle_max = std::chrono::minutes(30);
  };

  // Sessions of the client that writes `journal`, in `folder`, its slot's. `journal` and `time`
  // outlive this object. The session that is open is the one of `identity`. `rules` for paths apply
  // to the events that are recorded here; nullptr: none.
  Sessions(const Settings& settings, journal::Journal& journal, std::filesystem::path folder,
           std::shared_ptr<Identity> identity, const platform::TimeSource& time,
           std::shared_ptr<const privacy::RuleSet> rules = nullptr);

  // --- For each event ----------------------------------------------------------------------------

  // Something happens: the session that is open is not idle. True if one has to be started first,
  // by start(). No lock, no allocation, no system call; two stores once a millisecond.
  bool note_activity(std::int64_t now_unix_ms) noexcept {
    SessionFile* const open = open_.load(std::memory_order_acquire);
    if (open == nullptr)
      return settings_.mode == SessionMode::kAutomatic && !closed_.load(std::memory_order_relaxed);
    if (open->active_at_unix_ms() == now_unix_ms) return false;
    return note_later_activity(*open, now_unix_ms);
  }

  // --- Start and end -----------------------------------------------------------------------------

  // Records a SessionStart, and makes it the session of all later events. `session`: its id, a JSON
  // string with its quotes, masked. If a session is open: ok in kAutomatic (another thread has been
  // faster), else kMisuse. Else fails as Writer::append() does, kIo and kStorageFull for the
  // session's own file included; the message is empty where the writer has it.
  Status start(std::string_view session) PENSTOCK_EXCLUDES(mutex_);
  // Leaves the page, and records the SessionEnd. kMisuse if no session is open; else fails as
  // start() does, and the session stays open.
  Status end() PENSTOCK_EXCLUDES(mutex_);
  bool is_open() const noexcept { return open_.load(std::memory_order_acquire) != nullptr; }
  // Leaves the page and ends the session, if there are any; none starts any more (kClosed), for
  // nobody would end it. Fails as end() does.
  Status close() PENSTOCK_EXCLUDES(mutex_);
  // Ends both without an event: what they recorded was deleted.
  void abandon() noexcept PENSTOCK_EXCLUDES(mutex_);
  // Its later events, and its end, are this user's.
  void set_user(std::string_view json) noexcept PENSTOCK_EXCLUDES(mutex_);

  // --- Pages -------------------------------------------------------------------------------------

  // The page of all later events; its start is recorded already. `page` as `session` of start().
  void enter_page(std::string_view page) noexcept PENSTOCK_EXCLUDES(mutex_);
  // Records its PageEnd. kMisuse if there is none; else fails as start() does, and it stays open.
  Status leave_page() PENSTOCK_EXCLUDES(mutex_);
  bool has_page() noexcept PENSTOCK_EXCLUDES(mutex_);
  // The time from here on is not the page's.
  void pause() noexcept PENSTOCK_EXCLUDES(mutex_);
  void resume() noexcept PENSTOCK_EXCLUDES(mutex_);

  // --- The sender thread's -----------------------------------------------------------------------

  // Ends it if it is idle. Never waits for a thread that starts or ends one.
  void end_if_idle() noexcept PENSTOCK_EXCLUDES(mutex_);
  // When end_if_idle() is to be called next, if nothing is recorded until then.
  platform::Clock::time_point idle_at() const noexcept;

  // Somebody has deleted the file: a kill would take the session's end.
  bool is_gone() noexcept PENSTOCK_EXCLUDES(mutex_);
  // Goes on in `folder`. Fails with kIo or kStorageFull.
  Status move_to(const std::filesystem::path& folder) PENSTOCK_EXCLUDES(mutex_);

  SessionMode mode() const noexcept { return settings_.mode; }
  const privacy::RuleSet* rules() const noexcept { return rules_.get(); }

 private:
  bool note_later_activity(SessionFile& open, std::int64_t now_unix_ms) noexcept;
  std::int64_t steady_ms() const noexcept;
  Status prepare_file() PENSTOCK_REQUIRES(mutex_);
  Status end(EndReason reason) PENSTOCK_REQUIRES(mutex_);
  Status leave_page(std::int64_t unix_ms, std::int64_t steady_ms) PENSTOCK_REQUIRES(mutex_);
  void end_idle() noexcept PENSTOCK_REQUIRES(mutex_);
  void is_over() noexcept PENSTOCK_REQUIRES(mutex_);

  const Settings settings_;
  journal::Journal& journal_;
  const std::shared_ptr<Identity> identity_;
  const platform::TimeSource& time_;
  const std::shared_ptr<const privacy::RuleSet> rules_;

  platform::Mutex mutex_;
  std::filesystem::path folder_ PENSTOCK_GUARDED_BY(mutex_);
  std::optional<platform::Folder> held_ PENSTOCK_GUARDED_BY(mutex_);  // with file_
  std::optional<SessionFile> file_ PENSTOCK_GUARDED_BY(mutex_);  // none before the first session
  Page page_ PENSTOCK_GUARDED_BY(mutex_);
  std::atomic<bool> closed_{false};
  std::atomic<SessionFile*> open_{nullptr};                // file_, if a session is open
  std::atomic<platform::Clock::time_point> not_before_{};  // since an end could not be recorded
};

}  // namespace penstock::session
