// The client: opens the parts, and hands each call to the part that it is for. The path of an event
// is in recorder.cpp.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/accounts.hpp"
#include "client/options_check.hpp"
#include "client/recorder.hpp"
#include "consent/consent.hpp"
#include "consent/erasure_queue.hpp"
#include "event/batch_context.hpp"
#include "journal/journal.hpp"
#include "penstock/penstock.hpp"
#include "platform/cancellation.hpp"
#include "platform/clock.hpp"
#include "platform/fork_guard.hpp"
#include "platform/system_failure.hpp"
#include "privacy/rule_set.hpp"
#include "session/killed_session.hpp"
#include "session/sessions.hpp"
#include "transport/sender_thread.hpp"

namespace penstock {
namespace {

constexpr std::chrono::milliseconds kDestructorBound{2000};
// How long a denial waits for the sender to delete what earlier runs left.
constexpr std::chrono::milliseconds kCleanUpBound{2000};

using consent::ConsentGate;
using consent::ErasureQueue;

privacy::RuleSet make_rules(const Options& options) {
  privacy::RuleSetOptions rules;
  rules.remove_fields = options.remove_fields;
  rules.allow_fields = options.allow_fields;
  rules.detect[privacy::Kind::kEmail] = options.mask_emails;
  rules.detect[privacy::Kind::kCard] = options.mask_cards;
  rules.detect[privacy::Kind::kPhone] = options.mask_phones;
  return privacy::RuleSet(rules);
}

// A timeout that can be added to a clock's time: std::chrono::milliseconds::max() cannot.
std::chrono::milliseconds within_clocks(std::chrono::milliseconds timeout) {
  return std::clamp<std::chrono::milliseconds>(timeout, std::chrono::milliseconds(0),
                                               std::chrono::hours(24 * 365));
}

Status left_by_fork() {
  return {StatusCode::kClosed,
          "the client belongs to the process that this one was forked from; open one here, behind "
          "fork()"};
}

}  // namespace

class Client::Impl {
 public:
  static Result<std::unique_ptr<Impl>> open(const Options& options);

  explicit Impl(privacy::RuleSet rules) : rules_(std::move(rules)) {}

  Recorder& recorder() noexcept { return *recorder_; }
  Status flush(std::chrono::milliseconds timeout) { return sender_thread_->flush(timeout); }
  Status close(std::chrono::milliseconds timeout);
  // Behind close(): how many events that are, and why they are not sent.
  Status left_for_later(const Status& flushed) const;
  Status set_consent(Consent consent);
  Consent consent() const noexcept { return consent_->state(); }
  Status forget();
  Stats stats() const;
  std::vector<LedgerRow> ledger() const { return ledger_rows(journal_->reader().counts()); }

  // `call(impl)` in the process that opened the client, or kClosed at once: in a child of fork()
  // each lock may be held by a thread that is not there, and the files are the parent's.
  template <typename Call>
  static Status call(const std::unique_ptr<Impl>& impl, Call call) noexcept;
  // The same for what waits, or touches files.
  template <typename Call>
  static Status call_whole(const std::unique_ptr<Impl>& impl, Call call) noexcept {
    const platform::NoCancellation whole;
    return Impl::call(impl, std::move(call));
  }
  static bool usable(const std::unique_ptr<Impl>& impl) noexcept {
    return impl && impl->fork_guard_.same_process();
  }
  // For a child of fork(): destroying would touch what is the parent's.
  static void leave_to_parent(std::unique_ptr<Impl> impl) noexcept;

 private:
  const platform::ForkGuard fork_guard_;
  Impl* next_left_ = nullptr;  // in the list of leave_to_parent()
  const platform::TimeSource& time_ = platform::system_time();
  const privacy::RuleSet rules_;
  // Held by the sender thread too, which may outlast the client
  std::shared_ptr<ConsentGate> consent_;
  const std::shared_ptr<Identity> identity_ = std::make_shared<Identity>();
  std::shared_ptr<session::Sessions> sessions_;
  std::optional<ErasureQueue> erasures_;
  std::unique_ptr<transport::SenderThread> sender_thread_;
  journal::Journal* journal_ = nullptr;  // the sender's own source
  std::uint64_t first_seq_ = 0;          // journal's last_seq() at open
  std::optional<Recorder> recorder_;
  std::atomic<bool> closed_{false};
};

// --- open ---------------------------------------------------------------------------------------

Result<std::unique_ptr<Client::Impl>> Client::Impl::open(const Options& given) {
  if (Status status = check_options(given); !status) return status;
  // What is opened later is found although the program has gone elsewhere.
  Options options = given;
  std::error_code error;
  options.directory = std::filesystem::absolute(given.directory, error);
  if (error) return platform::system_failure("cannot find", given.directory, error.value());
  auto impl = std::make_unique<Impl>(make_rules(options));
  auto context = make_batch_context(options, impl->rules_);
  if (!context) return context.status();

  auto own = transport::take_own(options);
  if (!own) return own.status();
  auto consent = ConsentGate::open(options.directory, options.without_consent);
  if (!consent) return consent.status();
  impl->consent_ = std::make_shared<ConsentGate>(*std::move(consent));
  if (impl->consent_->state() == Consent::kDenied) {
    if (Status purged = own->journal->purge(wire::DropReason::kConsentDenied,
                                            journal::Journal::InstallId::kKept,
                                            journal::Journal::Afterwards::kShut);
        !purged) {
      return purged;
    }
    session::forget_session(own->slot.folder());
  }
  impl->journal_ = own->journal.get();
  impl->first_seq_ = impl->journal_->last_seq();
  if (impl->consent_->may_record())
    session::end_killed_session(own->slot.folder(), *impl->journal_);
  own->sessions = impl->sessions_ = std::make_shared<session::Sessions>(
      session::Sessions::Settings{options.session_mode, options.session_idle_max}, *impl->journal_,
      own->slot.folder(), impl->identity_, impl->time_);

  auto erasures = ErasureQueue::open(options.directory);
  if (!erasures) return erasures.status();
  impl->erasures_.emplace(*erasures);
  auto sender_thread =
      transport::SenderThread::start(options, *std::move(context), *std::move(own), impl->consent_,
                                     *std::move(erasures), impl->time_);
  if (!sender_thread) return sender_thread.status();
  impl->sender_thread_ = *std::move(sender_thread);
  impl->recorder_.emplace(options, impl->rules_, *impl->consent_, *impl->sender_thread_,
                          *impl->identity_, *impl->sessions_, impl->time_);
  return impl;
}

// --- flush, close, stats ------------------------------------------------------------------------

Status Client::Impl::close(std::chrono::milliseconds timeout) {
  if (closed_.exchange(true)) return {};
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  // What finds no room is recorded by the next program
  static_cast<void>(sessions_->close());
  journal_->writer().refuse_appends();
  Status flushed = sender_thread_->flush(timeout);
  // What matters to the caller is whether all was sent; a request that is cut off is sent again.
  static_cast<void>(sender_thread_->stop(deadline));
  return flushed ? flushed : left_for_later(flushed);
}

Status Client::Impl::left_for_later(const Status& flushed) const {
  const transport::SenderStats sent = sender_thread_->stats();
  const std::uint64_t waiting = journal_->reader().pending() + sent.orphans_pending;
  if (waiting == 0 && flushed.code() != StatusCode::kTimeout) return flushed;
  if (waiting == 0 && sent.recovered) return {};  // the last request was finished meanwhile
  std::string text = waiting == 0   ? "what earlier runs left waits"
                     : waiting == 1 ? "1 event waits"
                                    : std::to_string(waiting) + " events wait";
  text += " in the journal for the next program that opens this directory";
  const std::string& why =
      flushed.code() == StatusCode::kTimeout ? sent.message : flushed.message();
  return {flushed.code(), why.empty() ? text : text + ": " + why};
}

// --- Consent ------------------------------------------------------------------------------------

Status Client::Impl::set_consent(Consent consent) {
  Status restored = sender_thread_->restore_if_gone();
  Status kept = consent_->set(consent);
  if (!restored) kept = std::move(restored);  // in force, but in no file
  if (consent != Consent::kDenied) {
    if (consent_->may_record()) journal_->writer().reopen();
    sender_thread_->consent_changed();
    return kept;
  }
  Status purged =
      journal_->purge(wire::DropReason::kConsentDenied, journal::Journal::InstallId::kKept,
                      journal::Journal::Afterwards::kShut);
  sessions_->abandon();
  Status cleaned = sender_thread_->clean_up(wire::DropReason::kConsentDenied,
                                            std::chrono::steady_clock::now() + kCleanUpBound);
  if (!purged) return purged;
  return kept ? cleaned : kept;
}

// The request first: if all ends here, it is not forgotten.
Status Client::Impl::forget() {
  static_cast<void>(sender_thread_->restore_if_gone());  // what fails here fails below
  if (Status queued = erasures_->add(journal_->install_id(), time_.unix_milliseconds()); !queued)
    return queued;
  Status purged = journal_->purge(wire::DropReason::kForgotten, journal::Journal::InstallId::kNew,
                                  consent_->may_record() ? journal::Journal::Afterwards::kOpen
                                                         : journal::Journal::Afterwards::kShut);
  sessions_->abandon();
  Status cleaned = sender_thread_->clean_up(wire::DropReason::kForgotten,
                                            std::chrono::steady_clock::now() + kCleanUpBound);
  return purged ? cleaned : purged;
}

// --- stats ------------------------------------------------------------------------------------

Stats Client::Impl::stats() const {
  // First: what is acknowledged or deleted was recorded before
  const transport::SenderStats sent = sender_thread_->stats();
  Stats stats;
  stats.last_seq = journal_->last_seq();
  stats.recorded = stats.last_seq - first_seq_;
  stats.adopted = journal_->reader().recovered() + sent.adopted_in_orphans;
  stats.acknowledged = sent.totals.acknowledged;
  stats.rejected = sent.totals.rejected;
  stats.pending = stats.recorded + stats.adopted - sent.totals.settled();
  fill_drops(sent.totals.dropped, stats);
  stats.torn = sent.torn;
  stats.recovering = !sent.recovered;
  stats.misused = recorder_->misused();
  stats.masked = recorder_->masked();
  stats.batches_sent = sent.batches_sent;
  stats.retries = sent.retries;
  stats.bytes_sent = sent.bytes_sent;
  stats.disk_bytes = journal_->disk_bytes();
  stats.install_id = journal_->install_id();
  stats.sender = sent.state;
  stats.sender_message = sent.message;
  return stats;
}

// --- Client: nothing may throw into the host ----------------------------------------------------

template <typename Call>
Status Client::Impl::call(const std::unique_ptr<Impl>& impl, Call call) noexcept try {
  if (!impl) return {StatusCode::kClosed, kClosedMessage};
  if (!impl->fork_guard_.same_process()) return left_by_fork();
  return call(*impl);
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory, {}};  // a text would need memory
} catch (...) {
  return {StatusCode::kInternal, {}};
}

// A list, so that a leak checker in the child finds nothing lost.
void Client::Impl::leave_to_parent(std::unique_ptr<Impl> impl) noexcept {
  static std::atomic<Impl*> left{nullptr};
  Impl* const leaving = impl.release();
  leaving->next_left_ = left.load();
  while (!left.compare_exchange_weak(leaving->next_left_, leaving)) {
  }
}

Client::Client(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Client::Client(Client&& other) noexcept = default;

Client& Client::operator=(Client&& other) noexcept {
  Client old(std::move(*this));  // closed when this goes
  impl_ = std::move(other.impl_);
  return *this;
}

Client::~Client() {
  if (!impl_) return;
  if (!Impl::usable(impl_)) {
    Impl::leave_to_parent(std::move(impl_));
    return;
  }
  const platform::NoCancellation whole;
  static_cast<void>(close(kDestructorBound));
  impl_.reset();
}

Result<Client> Client::open(const Options& options) noexcept try {
  const platform::NoCancellation whole;
  auto impl = Impl::open(options);
  if (!impl) return impl.status();
  return Client(*std::move(impl));
} catch (const std::bad_alloc&) {
  return Status(StatusCode::kOutOfMemory, {});
} catch (...) {
  return Status(StatusCode::kInternal, {});
}

Status Client::track(const Event& event) noexcept {
  return Impl::call(impl_, [&](Impl& impl) { return impl.recorder().track(event); });
}

Status Client::track_json(std::string_view event) noexcept {
  return Impl::call(impl_, [&](Impl& impl) { return impl.recorder().track_json(event); });
}

Status Client::set_user(std::string_view user_id) noexcept {
  return Impl::call(impl_, [&](Impl& impl) { return impl.recorder().set_user(user_id); });
}

Status Client::set_session(std::string_view session_id) noexcept {
  return Impl::call(impl_, [&](Impl& impl) { return impl.recorder().set_session(session_id); });
}

Status Client::start_session(std::string_view session_id) noexcept {
  return Impl::call_whole(impl_,
                          [&](Impl& impl) { return impl.recorder().start_session(session_id); });
}

Status Client::end_session() noexcept {
  return Impl::call_whole(impl_, [](Impl& impl) { return impl.recorder().end_session(); });
}

Status Client::enter_page(std::string_view page_id) noexcept {
  return Impl::call_whole(impl_, [&](Impl& impl) { return impl.recorder().enter_page(page_id); });
}

Status Client::leave_page() noexcept {
  return Impl::call_whole(impl_, [](Impl& impl) { return impl.recorder().leave_page(); });
}

Status Client::pause() noexcept {
  return Impl::call_whole(impl_, [](Impl& impl) {
    impl.recorder().pause();
    return Status();
  });
}

Status Client::resume() noexcept {
  return Impl::call_whole(impl_, [](Impl& impl) {
    impl.recorder().resume();
    return Status();
  });
}

Status Client::flush(std::chrono::milliseconds timeout) noexcept {
  return Impl::call_whole(impl_, [&](Impl& impl) { return impl.flush(within_clocks(timeout)); });
}

Status Client::close(std::chrono::milliseconds timeout) noexcept {
  if (!impl_) return {};
  return Impl::call_whole(impl_, [&](Impl& impl) { return impl.close(within_clocks(timeout)); });
}

Status Client::set_consent(Consent consent) noexcept {
  return Impl::call_whole(impl_, [&](Impl& impl) { return impl.set_consent(consent); });
}

Consent Client::consent() const noexcept {
  return Impl::usable(impl_) ? impl_->consent() : Consent::kUnknown;
}

Status Client::forget() noexcept {
  return Impl::call_whole(impl_, [](Impl& impl) { return impl.forget(); });
}

std::vector<LedgerRow> Client::ledger() const noexcept try {
  const platform::NoCancellation whole;
  return Impl::usable(impl_) ? impl_->ledger() : std::vector<LedgerRow>();
} catch (...) {
  return {};
}

Stats Client::stats() const noexcept try {
  return Impl::usable(impl_) ? impl_->stats() : Stats();
} catch (...) {
  return Stats();
}

}  // namespace penstock
