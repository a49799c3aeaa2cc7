#include "client/client_impl.hpp"

#include <filesystem>
#include <string>

#include "client/event_rules.hpp"
#include "client/options_check.hpp"
#include "consent/hash_salt.hpp"
#include "event/batch_context.hpp"
#include "platform/system_failure.hpp"
#include "session/killed_session.hpp"

namespace penstock {
namespace {

// How long a denial waits for the sender to delete what earlier runs left.
constexpr std::chrono::milliseconds kCleanUpBound{2000};

using consent::ConsentGate;
using consent::ErasureQueue;

// What the batches' context is made of, and where the salt is.
Options about(const Options& options) {
  Options about;
  about.directory = options.directory;
  about.app_name = options.app_name;
  about.app_version = options.app_version;
  about.context = options.context;
  return about;
}

}  // namespace

// --- open ---------------------------------------------------------------------------------------

Result<std::unique_ptr<Client::Impl>> Client::Impl::open(const Options& given) {
  if (Status status = check_options(given); !status) return status;
  // What is opened later is found although the program has gone elsewhere.
  Options options = given;
  std::error_code error;
  options.directory = std::filesystem::absolute(given.directory, error);
  if (error) return platform::system_failure("cannot find", given.directory, error.value());
  auto rules = rule_options(options);
  if (!rules) return rules.status();
  if (auto context = make_batch_context(options, privacy::RuleSet(*rules)); !context)
    return context.status();

  auto own = transport::take_own(options);
  if (!own) return own.status();
  if (needs_salt(*rules)) {
    auto salt = consent::open_salt(options.directory);
    if (!salt) return salt.status();
    rules->salt = *std::move(salt);
  }
  auto impl = std::make_unique<Impl>(*rules);
  impl->salt_ = rules->salt;
  impl->about_ = about(options);
  auto context = make_batch_context(options, *impl->rules_);
  if (!context) return context.status();
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
    session::end_killed_session(own->slot.folder(), *impl->journal_, impl->rules_.get());
  own->sessions = impl->sessions_ = std::make_shared<session::Sessions>(
      session::Sessions::Settings{options.session_mode, options.session_idle_max}, *impl->journal_,
      own->slot.folder(), impl->identity_, impl->time_, impl->rules_);

  auto erasures = ErasureQueue::open(options.directory);
  if (!erasures) return erasures.status();
  impl->erasures_.emplace(*erasures);
  auto sender_handle =
      transport::SenderHandle::start(options, *std::move(context), *std::move(own), impl->consent_,
                                     *std::move(erasures), impl->time_);
  if (!sender_handle) return sender_handle.status();
  impl->sender_handle_ = *std::move(sender_handle);
  impl->recorder_.emplace(options, *impl->rules_, *impl->consent_, *impl->sender_handle_,
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
  Status flushed = sender_handle_->flush(timeout);
  // What matters to the caller is whether all was sent; a request that is cut off is sent again.
  static_cast<void>(sender_handle_->stop(deadline));
  return flushed ? flushed : left_for_later(flushed);
}

Status Client::Impl::left_for_later(const Status& flushed) const {
  const transport::SenderStats sent = sender_handle_->stats();
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
  Status restored = sender_handle_->restore_if_gone();
  Status kept = consent_->set(consent);
  if (!restored) kept = std::move(restored);  // in force, but in no file
  if (consent != Consent::kDenied) {
    if (consent_->may_record()) journal_->writer().reopen();
    sender_handle_->consent_changed();
    return kept;
  }
  Status purged =
      journal_->purge(wire::DropReason::kConsentDenied, journal::Journal::InstallId::kKept,
                      journal::Journal::Afterwards::kShut);
  sessions_->abandon();
  Status cleaned = sender_handle_->clean_up(wire::DropReason::kConsentDenied,
                                            std::chrono::steady_clock::now() + kCleanUpBound);
  if (!purged) return purged;
  return kept ? cleaned : kept;
}

// The request first: if all ends here, it is not forgotten.
Status Client::Impl::forget() {
  static_cast<void>(sender_handle_->restore_if_gone());  // what fails here fails below
  if (Status queued = erasures_->add(journal_->install_id(), time_.unix_milliseconds()); !queued)
    return queued;
  Status renewed = renew_salt();  // first: what is recorded with the old one is deleted
  Status purged = journal_->purge(wire::DropReason::kForgotten, journal::Journal::InstallId::kNew,
                                  consent_->may_record() ? journal::Journal::Afterwards::kOpen
                                                         : journal::Journal::Afterwards::kShut);
  sessions_->abandon();
  Status cleaned = sender_handle_->clean_up(wire::DropReason::kForgotten,
                                            std::chrono::steady_clock::now() + kCleanUpBound);
  if (!purged) return purged;
  return renewed ? cleaned : renewed;
}

Status Client::Impl::renew_salt() {
  const std::lock_guard lock(salt_mutex_);
  if (salt_.empty()) {
    consent::remove_salt(about_.directory);
    return {};
  }
  auto next = consent::renew_salt(about_.directory, salt_);
  salt_ = next ? *next : consent::random_salt();
  rules_->use_salt(salt_);
  if (auto context = make_batch_context(about_, *rules_))
    sender_handle_->replace_context(*std::move(context));
  Status user = recorder_->write_user_again();
  return next ? user : next.status();
}

// --- stats ------------------------------------------------------------------------------------

Stats Client::Impl::stats() const {
  // First: what is acknowledged or deleted was recorded before
  const transport::SenderStats sent = sender_handle_->stats();
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

// --- fork ---------------------------------------------------------------------------------------

Status Client::Impl::left_by_fork() {
  return {StatusCode::kClosed,
          "the client belongs to the process that this one was forked from; open one here, behind "
          "fork()"};
}

Status Client::Impl::called_back() noexcept {
  return recorder_->misuse(
      {StatusCode::kMisuse,
       "a callback of the options has called this; hand it to another thread"});
}

// A list, so that a leak checker in the child finds nothing lost.
void Client::Impl::leave_to_parent(std::unique_ptr<Impl> impl) noexcept {
  static std::atomic<Impl*> left{nullptr};
  Impl* const leaving = impl.release();
  leaving->next_left_ = left.load();
  while (!left.compare_exchange_weak(leaving->next_left_, leaving)) {
  }
}

}  // namespace penstock
