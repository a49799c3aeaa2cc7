// A client's parts, and what opens, closes and counts them. client.cpp hands each call on to here.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/accounts.hpp"
#include "client/flows.hpp"
#include "client/recorder.hpp"
#include "consent/consent.hpp"
#include "consent/erasure_queue.hpp"
#include "event/identity.hpp"
#include "journal/journal.hpp"
#include "penstock/penstock.hpp"
#include "platform/callback_scope.hpp"
#include "platform/cancellation.hpp"
#include "platform/clock.hpp"
#include "platform/fork_guard.hpp"
#include "privacy/rule_set.hpp"
#include "session/sessions.hpp"
#include "transport/sender_handle.hpp"

namespace penstock {

// Any thread.
class Client::Impl {
 public:
  static Result<std::unique_ptr<Impl>> open(const Options& options);

  explicit Impl(const privacy::RuleSetOptions& rules)
      : rules_(std::make_shared<privacy::RuleSet>(rules)) {}

  Recorder& recorder() noexcept { return *recorder_; }
  Flows flows() noexcept { return {*recorder_, time_}; }
  Status flush(std::chrono::milliseconds timeout) { return sender_handle_->flush(timeout); }
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
    return Impl::call(impl, [&](Impl& usable) {
      // What waits there would wait for itself.
      return platform::CallbackScope::is_open() ? usable.called_back() : call(usable);
    });
  }
  // The same for what has a value, which a closed client does not give.
  template <typename T, typename Call>
  static Result<T> call_for(const std::unique_ptr<Impl>& impl, Call call) noexcept {
    std::optional<T> value;
    Status status = Impl::call(impl, [&](Impl& usable) {
      if (usable.closed_.load()) return Status(StatusCode::kClosed, kClosedMessage);
      Result<T> result = call(usable);
      if (!result) return result.status();
      value = *std::move(result);
      return Status();
    });
    if (value) return *std::move(value);
    return status;
  }
  static bool usable(const std::unique_ptr<Impl>& impl) noexcept {
    return impl && impl->fork_guard_.same_process();
  }
  // For a child of fork(): destroying would touch what is the parent's.
  static void leave_to_parent(std::unique_ptr<Impl> impl) noexcept;

 private:
  static Status left_by_fork();
  Status called_back() noexcept;
  // Hashes before and after cannot be linked. Fails as consent::renew_salt() does; then they still
  // cannot, until the next open.
  Status renew_salt();

  const platform::ForkGuard fork_guard_;
  Impl* next_left_ = nullptr;  // in the list of leave_to_parent()
  const platform::TimeSource& time_ = platform::system_time();
  // Held by the sender thread too, which may outlast the client.
  const std::shared_ptr<privacy::RuleSet> rules_;
  std::shared_ptr<consent::ConsentGate> consent_;
  const std::shared_ptr<Identity> identity_ = std::make_shared<Identity>();
  std::shared_ptr<session::Sessions> sessions_;
  std::optional<consent::ErasureQueue> erasures_;
  std::unique_ptr<transport::SenderHandle> sender_handle_;
  Options about_;  // directory, app and context
  std::mutex salt_mutex_;
  std::string salt_;                     // empty unless a rule hashes
  journal::Journal* journal_ = nullptr;  // the sender's own source
  std::uint64_t first_seq_ = 0;          // journal's last_seq() at open
  std::optional<Recorder> recorder_;
  std::atomic<bool> closed_{false};
};

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

}  // namespace penstock
