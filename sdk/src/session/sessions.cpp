#include "session/sessions.hpp"

#include <algorithm>
#include <utility>

#include "platform/cancellation.hpp"
#include "session/killed_session.hpp"
#include "session/masked_event.hpp"
#include "wire/event_type.hpp"

namespace penstock::session {
namespace {

using platform::Clock;
using platform::MutexLock;
using std::chrono::milliseconds;

// After an end that could not be recorded: until the journal has room again, say.
constexpr milliseconds kEndRetry{1000};

}  // namespace

Sessions::Sessions(const Settings& settings, journal::Journal& journal,
                   std::filesystem::path folder, std::shared_ptr<Identity> identity,
                   const platform::TimeSource& time, std::shared_ptr<const privacy::RuleSet> rules)
    : settings_(settings),
      journal_(journal),
      identity_(std::move(identity)),
      time_(time),
      rules_(std::move(rules)),
      folder_(std::move(folder)) {}

std::int64_t Sessions::steady_ms() const noexcept {
  return std::chrono::duration_cast<milliseconds>(time_.now().time_since_epoch()).count();
}

// --- For each event -----------------------------------------------------------------------------

bool Sessions::note_later_activity(SessionFile& open, std::int64_t now_unix_ms) noexcept {
  const std::int64_t now = steady_ms();
  if (settings_.mode == SessionMode::kAutomatic &&
      now - open.active_at_steady_ms() >= settings_.idle_max.count()) {
    const platform::NoCancellation whole;
    const MutexLock lock(mutex_);
    end_idle();
    if (!is_open()) return true;
  }
  open.note_activity(now_unix_ms, now);
  return false;
}

// --- Start and end ------------------------------------------------------------------------------

// A session may be left in it: a process was killed, and its end found no room.
Status Sessions::prepare_file() {
  if (!file_) {
    auto folder = platform::Folder::open(folder_);
    if (!folder) return folder.status();
    auto file = SessionFile::open_or_create(*folder);
    if (!file) return file.status();
    file_.emplace(*std::move(file));
    held_.emplace(*std::move(folder));
  }
  return end_killed_session(*file_, journal_, rules_.get());
}

Status Sessions::start(std::string_view session) {
  const platform::NoCancellation whole;
  const MutexLock lock(mutex_);
  if (closed_.load()) return {StatusCode::kClosed, {}};
  if (is_open()) {
    if (settings_.mode == SessionMode::kAutomatic) return {};
    return {StatusCode::kMisuse, "a session is open; end it before you start another one"};
  }
  if (Status ready = prepare_file(); !ready) return ready;
  const std::int64_t unix_ms = time_.unix_milliseconds();
  Identity::Snapshot identity;
  identity_->read(identity);
  const Who who{session, identity.user()};
  char buffer[kSessionEventBytesMax];
  wire::JsonWriter out(buffer, sizeof buffer);
  write_session_start(who, unix_ms, out);
  const MaskedEvent masked(rules_.get(), out.text());
  file_->begin(who, unix_ms, steady_ms());
  const journal::RecordInfo info(
      wire::TypeId::kSessionStart,
      static_cast<std::uint32_t>(std::max<std::int64_t>(0, unix_ms / 1000)));
  const journal::AppendResult appended =
      journal_.writer().append(masked.text(), info, &file_->announced());
  if (appended.code != StatusCode::kOk) {
    file_->ended();
    return {appended.code, {}};
  }
  file_->started();
  identity_->set_session(session);  // first: who sees it open reads it
  open_.store(&*file_, std::memory_order_release);
  return {};
}

Status Sessions::end() {
  const platform::NoCancellation whole;
  const MutexLock lock(mutex_);
  if (!is_open()) return {StatusCode::kMisuse, "no session is open; start one before you end it"};
  return end(EndReason::kClosed);
}

Status Sessions::close() {
  const platform::NoCancellation whole;
  const MutexLock lock(mutex_);
  closed_.store(true);
  if (is_open()) return end(EndReason::kClosed);
  return page_.is_open() ? leave_page(time_.unix_milliseconds(), steady_ms()) : Status();
}

Status Sessions::end(EndReason reason) {
  const bool ends_now = reason == EndReason::kClosed;
  if (page_.is_open()) {
    if (Status left = leave_page(ends_now ? time_.unix_milliseconds() : file_->active_at_unix_ms(),
                                 ends_now ? steady_ms() : file_->active_at_steady_ms());
        !left) {
      return left;
    }
  }
  if (Status ended = append_session_end(*file_, journal_, reason, time_.unix_milliseconds(),
                                        steady_ms(), rules_.get());
      !ended) {
    return ended;
  }
  is_over();
  return {};
}

void Sessions::is_over() noexcept {
  open_.store(nullptr, std::memory_order_release);
  identity_->set_session({});
}

void Sessions::abandon() noexcept {
  const MutexLock lock(mutex_);
  if (file_) file_->ended();
  if (is_open()) is_over();
  page_.leave();
  identity_->set_page({});
}

void Sessions::set_user(std::string_view json) noexcept {
  const MutexLock lock(mutex_);
  if (is_open()) file_->set_user(json);
}

// --- Pages --------------------------------------------------------------------------------------

void Sessions::enter_page(std::string_view page) noexcept {
  const MutexLock lock(mutex_);
  page_.enter(page, steady_ms());
  identity_->set_page(page);
}

Status Sessions::leave_page() {
  const platform::NoCancellation whole;
  const MutexLock lock(mutex_);
  if (!page_.is_open())
    return {StatusCode::kMisuse, "no page is open; enter one before you leave it"};
  return leave_page(time_.unix_milliseconds(), steady_ms());
}

Status Sessions::leave_page(std::int64_t unix_ms, std::int64_t steady_ms) {
  Identity::Snapshot identity;
  identity_->read(identity);
  char buffer[kSessionEventBytesMax];
  wire::JsonWriter out(buffer, sizeof buffer);
  write_page_end({identity.session(), identity.user()}, page_.id(), unix_ms,
                 milliseconds(page_.seen_until(steady_ms)), out);
  const MaskedEvent masked(rules_.get(), out.text());
  const journal::RecordInfo info(
      wire::TypeId::kPageEnd,
      static_cast<std::uint32_t>(std::max<std::int64_t>(0, unix_ms / 1000)));
  const journal::AppendResult appended = journal_.writer().append(masked.text(), info);
  if (appended.code != StatusCode::kOk) return {appended.code, {}};
  page_.leave();
  identity_->set_page({});
  return {};
}

bool Sessions::has_page() noexcept {
  const MutexLock lock(mutex_);
  return page_.is_open();
}

void Sessions::pause() noexcept {
  const MutexLock lock(mutex_);
  page_.pause(steady_ms());
}

void Sessions::resume() noexcept {
  const MutexLock lock(mutex_);
  page_.resume(steady_ms());
}

// --- Idle ---------------------------------------------------------------------------------------

void Sessions::end_idle() noexcept {
  SessionFile* const open = open_.load(std::memory_order_relaxed);
  if (open == nullptr) return;
  if (steady_ms() - open->active_at_steady_ms() < settings_.idle_max.count()) return;
  if (!end(EndReason::kIdle)) not_before_.store(time_.now() + kEndRetry);
}

void Sessions::end_if_idle() noexcept {
  if (time_.now() < idle_at() || !mutex_.try_lock()) return;
  end_idle();
  mutex_.unlock();
}

Clock::time_point Sessions::idle_at() const noexcept {
  const SessionFile* const open = open_.load(std::memory_order_acquire);
  if (open == nullptr || settings_.mode != SessionMode::kAutomatic) return Clock::time_point::max();
  const Clock::time_point idle(milliseconds(open->active_at_steady_ms()) + settings_.idle_max);
  return std::max(idle, not_before_.load());
}

// --- Where --------------------------------------------------------------------------------------

bool Sessions::is_gone() noexcept {
  const MutexLock lock(mutex_);
  return is_open() && !held_->has(SessionFile::kFileName);
}

Status Sessions::move_to(const std::filesystem::path& path) {
  const MutexLock lock(mutex_);
  if (file_) {
    auto folder = platform::Folder::open(path);
    if (!folder) return folder.status();
    if (Status moved = file_->move_to(*folder); !moved) return moved;
    held_.emplace(*std::move(folder));
  }
  folder_ = path;
  return {};
}

}  // namespace penstock::session
