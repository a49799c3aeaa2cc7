// The spine of the SDK. track() reads like the path of an event:
//
//   identity -> encode and mask (event/event_encoder, event/json_event) -> append (journal/) -> ring
//   (transport/doorbell)
//
// and from there the sender thread takes it (transport/sender_thread).

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <new>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "consent/consent.hpp"
#include "consent/erasure_queue.hpp"
#include "event/batch_context.hpp"
#include "event/event_encoder.hpp"
#include "event/identity.hpp"
#include "event/json_event.hpp"
#include "journal/journal.hpp"
#include "options_check.hpp"
#include "penstock/penstock.hpp"
#include "platform/cancellation.hpp"
#include "platform/clock.hpp"
#include "platform/fork_guard.hpp"
#include "platform/system_failure.hpp"
#include "privacy/rule_set.hpp"
#include "transport/sender_thread.hpp"
#include "wire/json_writer.hpp"

namespace penstock {
namespace {

// Almost every event fits here, so that recording one needs no heap. On the stack of the caller's
// thread, which may be a small one.
constexpr std::size_t kStackBufferBytes = 4096;

constexpr std::chrono::milliseconds kDestructorBound{2000};
// How long a denial waits for the sender to delete what earlier runs left.
constexpr std::chrono::milliseconds kCleanUpBound{2000};

using consent::ConsentGate;
using consent::ErasureQueue;

using platform::unix_milliseconds_now;

std::uint32_t unix_seconds(std::int64_t unix_milliseconds) noexcept {
  return static_cast<std::uint32_t>(std::max<std::int64_t>(0, unix_milliseconds / 1000));
}

privacy::RuleSet make_rules(const Options& options) {
  privacy::RuleSetOptions rules;
  rules.remove_fields = options.remove_fields;
  rules.allow_fields = options.allow_fields;
  rules.detect_emails = options.mask_emails;
  rules.detect_cards = options.mask_cards;
  rules.detect_phones = options.mask_phones;
  return privacy::RuleSet(rules);
}

LedgerRow ledger_row(const journal::Counts& counts, wire::TypeId type) {
  LedgerRow row;
  row.type = wire::kTypeNames[static_cast<std::size_t>(type)];
  std::array<std::uint64_t, wire::kDropReasons> refused{}, dropped{};
  for (std::uint32_t code = 0; code < journal::kTypeCodes; ++code) {
    if (journal::type_of(code) != type) continue;
    const auto& settled = counts.settled[code];
    row.acknowledged += settled[journal::code_of(journal::Fate::kAcknowledged)];
    row.rejected += settled[journal::code_of(journal::Fate::kRejected)];
    row.pending += counts.pending[code];
    row.recorded += counts.pending[code] + std::accumulate(settled.begin(), settled.end(), 0ULL);
    const auto add = [](auto& by_reason, journal::DropCode drop, std::uint64_t count) {
      by_reason[static_cast<std::size_t>(journal::reason_of(drop))] += count;
    };
    for (std::size_t reason = 0; reason < journal::kRefusalCodes; ++reason)
      add(refused, {false, reason}, counts.refused[reason][code]);
    for (std::size_t fate = journal::kFirstDropCode; fate < settled.size(); ++fate)
      add(dropped, {true, fate}, settled[fate]);
  }
  for (std::size_t i = 0; i < wire::kDropReasons; ++i) {
    if (refused[i] != 0) row.refused.emplace_back(wire::kDropReasonNames[i], refused[i]);
    if (dropped[i] != 0) row.dropped.emplace_back(wire::kDropReasonNames[i], dropped[i]);
  }
  return row;
}

// A timeout that can be added to a clock's time: std::chrono::milliseconds::max() cannot.
std::chrono::milliseconds within_clocks(std::chrono::milliseconds timeout) {
  return std::clamp<std::chrono::milliseconds>(timeout, std::chrono::milliseconds(0),
                                               std::chrono::hours(24 * 365));
}

Status closed() { return {StatusCode::kClosed, "the client is closed; open another one"}; }
Status left_by_fork() {
  return {StatusCode::kClosed,
          "the client belongs to the process that this one was forked from; open one here, behind "
          "fork()"};
}

}  // namespace

class Client::Impl {
 public:
  static Result<std::unique_ptr<Impl>> open(const Options& options);

  Impl(const Options& options, privacy::RuleSet rules)
      : rules_(std::move(rules)), encoder_(rules_), event_bytes_max_(options.event_bytes_max) {}

  Status track(const Event& event);
  Status track_json(std::string_view event);
  Status set_identifier(const char* field, void (Identity::*set)(std::string_view) noexcept,
                        std::string_view id);
  Status flush(std::chrono::milliseconds timeout) { return sender_thread_->flush(timeout); }
  Status close(std::chrono::milliseconds timeout);
  Status set_consent(Consent consent);
  Consent consent() const noexcept { return consent_->state(); }
  Status forget();
  Stats stats() const;
  std::vector<LedgerRow> ledger() const;

  // `call(impl)` in the process that opened the client, or kClosed at once: in a child of fork() each
  // lock may be held by a thread that is not there, and the files are the parent's.
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
  // Appends what `out` holds, and wakes the sender if it waits for it.
  Status keep(const wire::JsonWriter& out, std::size_t masked, wire::TypeId type,
              std::int64_t now_ms);
  Status too_large(wire::TypeId type);
  Status invalid(Status why, wire::TypeId type);
  Status invalid(const Problem& problem, wire::TypeId type) {
    return invalid(Status(StatusCode::kInvalidEvent, problem.text()), type);
  }
  Status refused(StatusCode code, wire::TypeId type);
  // The folder is gone, and cannot be made again.
  Status cannot_restore(const Status& why, wire::TypeId type);

  const platform::ForkGuard fork_guard_;
  Impl* next_left_ = nullptr;  // in the list of leave_to_parent()
  const privacy::RuleSet rules_;
  const EventEncoder encoder_;
  const std::size_t event_bytes_max_;
  Identity identity_;
  std::shared_ptr<ConsentGate> consent_;
  std::optional<ErasureQueue> erasures_;
  std::unique_ptr<transport::SenderThread> sender_thread_;
  journal::Journal* journal_ = nullptr;  // the sender's own source
  std::uint64_t first_seq_ = 0;          // journal's last_seq() at open
  std::atomic<bool> closed_{false};
  // Not touched by a track() that succeeds and masks nothing.
  std::atomic<std::uint64_t> masked_{0};
};

// --- open ---------------------------------------------------------------------------------------

Result<std::unique_ptr<Client::Impl>> Client::Impl::open(const Options& given) {
  if (Status status = check_options(given); !status) return status;
  // What is opened later is found although the program has gone elsewhere.
  Options options = given;
  std::error_code error;
  options.directory = std::filesystem::absolute(given.directory, error);
  if (error) return platform::system_failure("cannot find", given.directory, error.value());
  auto impl = std::make_unique<Impl>(options, make_rules(options));
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
  }
  impl->journal_ = own->journal.get();
  impl->first_seq_ = impl->journal_->last_seq();

  auto erasures = ErasureQueue::open(options.directory);
  if (!erasures) return erasures.status();
  impl->erasures_.emplace(*erasures);
  auto sender_thread = transport::SenderThread::start(options, *std::move(context), *std::move(own),
                                                      impl->consent_, *std::move(erasures));
  if (!sender_thread) return sender_thread.status();
  impl->sender_thread_ = *std::move(sender_thread);
  return impl;
}

// --- track --------------------------------------------------------------------------------------

Status Client::Impl::track(const Event& event) try {
  if (!consent_->may_record())
    return refused(StatusCode::kNotAllowed, EventEncoder::type_of(event));
  if (EventEncoder::lacks_memory(event))
    return refused(StatusCode::kOutOfMemory, EventEncoder::type_of(event));
  if (EventEncoder::is_too_large(event)) return too_large(EventEncoder::type_of(event));
  Identity::Snapshot identity;
  identity_.read(identity);
  const std::int64_t now_ms = unix_milliseconds_now();

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
  return refused(StatusCode::kOutOfMemory, EventEncoder::type_of(event));
}

Status Client::Impl::track_json(std::string_view event) try {
  if (!consent_->may_record()) return refused(StatusCode::kNotAllowed, wire::TypeId::kOther);
  // Masking may shorten an event, but one that is twice too large is not worth the parsing.
  wire::TypeId type = wire::TypeId::kOther;
  if (event.size() > 2 * event_bytes_max_) return too_large(type);
  Identity::Snapshot identity;
  identity_.read(identity);
  const auto buffer = std::make_unique_for_overwrite<char[]>(event_bytes_max_);
  wire::JsonWriter out(buffer.get(), event_bytes_max_);
  std::size_t masked = 0;
  const std::int64_t now_ms = unix_milliseconds_now();
  if (Status status = write_json_event(rules_, identity, now_ms, event, out, masked, type);
      !status) {
    return invalid(std::move(status), type);
  }
  return out.overflowed() ? too_large(type) : keep(out, masked, type, now_ms);
} catch (const std::bad_alloc&) {
  return refused(StatusCode::kOutOfMemory, wire::TypeId::kOther);
}

Status Client::Impl::keep(const wire::JsonWriter& out, std::size_t masked, wire::TypeId type,
                          std::int64_t now_ms) {
  const journal::RecordInfo info(type, unix_seconds(now_ms));
  journal::AppendResult appended = journal_->writer().append(out.text(), info);
  if (appended.code == StatusCode::kNotAllowed && consent_->may_record()) {
    journal_->writer().reopen();  // shut by a denial, which another process has taken back
    appended = journal_->writer().append(out.text(), info);
  }
  if (appended.code == StatusCode::kIo) {
    if (Status restored = sender_thread_->restore_if_gone(); !restored)
      return cannot_restore(restored, type);
    appended = journal_->writer().append(out.text(), info);  // the sender may have restored it, too
  }
  if (appended.code != StatusCode::kOk) return refused(appended.code, type);
  if (masked != 0) masked_.fetch_add(masked, std::memory_order_relaxed);
  sender_thread_->doorbell().ring(appended.seq);
  return {};
}

Status Client::Impl::too_large(wire::TypeId type) {
  journal_->ledger().refuse(wire::DropReason::kTooLarge, type);
  return {StatusCode::kTooLarge, "the event is larger than event_bytes_max (" +
                                     std::to_string(event_bytes_max_) +
                                     " bytes) when encoded; shorten its texts"};
}

Status Client::Impl::invalid(Status why, wire::TypeId type) {
  journal_->ledger().refuse(wire::DropReason::kInvalid, type);
  return why;
}

Status Client::Impl::refused(StatusCode code, wire::TypeId type) {
  switch (code) {
    case StatusCode::kClosed:
      return closed();
    case StatusCode::kTooLarge:
      return too_large(type);
    case StatusCode::kNotAllowed:
      journal_->ledger().refuse(wire::DropReason::kNotAllowed, type);
      return {code, "there is no consent to record; see Client::set_consent()"};
    case StatusCode::kStorageFull:
      journal_->ledger().refuse(wire::DropReason::kStorageFull, type);
      if (Status why = journal_->writer().append_failure(); !why) return {code, why.message()};
      return {code,
              "the journal has reached disk_bytes_max; it empties as the gateway acknowledges: see "
              "stats().sender_message if it does not"};
    case StatusCode::kOutOfMemory:
      journal_->ledger().refuse(wire::DropReason::kOutOfMemory, type);
      return {code, {}};  // a text would need memory
    default:
      journal_->ledger().refuse(wire::DropReason::kIoError, type);
      return {code, journal_->writer().append_failure().message()};
  }
}

Status Client::Impl::cannot_restore(const Status& why, wire::TypeId type) {
  if (why.code() == StatusCode::kOutOfMemory) return refused(why.code(), type);
  const bool full = why.code() == StatusCode::kStorageFull;
  journal_->ledger().refuse(full ? wire::DropReason::kStorageFull : wire::DropReason::kIoError,
                            type);
  return {full ? StatusCode::kStorageFull : StatusCode::kIo, why.message()};
}

Status Client::Impl::set_identifier(const char* field,
                                    void (Identity::*set)(std::string_view) noexcept,
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

// --- flush, close, stats ------------------------------------------------------------------------

Status Client::Impl::close(std::chrono::milliseconds timeout) {
  if (closed_.exchange(true)) return {};
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  journal_->writer().refuse_appends();
  Status flushed = sender_thread_->flush(timeout);
  // What matters to the caller is whether all was sent; a request that is cut off is sent again.
  static_cast<void>(sender_thread_->stop(deadline));
  return flushed;
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
  Status cleaned = sender_thread_->clean_up(wire::DropReason::kConsentDenied,
                                            std::chrono::steady_clock::now() + kCleanUpBound);
  if (!purged) return purged;
  return kept ? cleaned : kept;
}

// The request first: if all ends here, it is not forgotten.
Status Client::Impl::forget() {
  static_cast<void>(sender_thread_->restore_if_gone());  // what fails here fails below
  if (Status queued = erasures_->add(journal_->install_id(), unix_milliseconds_now()); !queued)
    return queued;
  Status purged = journal_->purge(wire::DropReason::kForgotten, journal::Journal::InstallId::kNew,
                                  consent_->may_record() ? journal::Journal::Afterwards::kOpen
                                                         : journal::Journal::Afterwards::kShut);
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
  const auto dropped = [&](wire::DropReason reason) { return sent.totals.dropped.of(reason); };
  stats.dropped_invalid = dropped(wire::DropReason::kInvalid);
  stats.dropped_too_large = dropped(wire::DropReason::kTooLarge);
  stats.dropped_storage_full = dropped(wire::DropReason::kStorageFull);
  stats.dropped_io_error = dropped(wire::DropReason::kIoError);
  stats.dropped_out_of_memory = dropped(wire::DropReason::kOutOfMemory);
  stats.dropped_not_allowed = dropped(wire::DropReason::kNotAllowed);
  stats.dropped_too_large_for_gateway = dropped(wire::DropReason::kTooLargeForGateway);
  stats.dropped_expired = dropped(wire::DropReason::kExpired);
  stats.dropped_consent_denied = dropped(wire::DropReason::kConsentDenied);
  stats.dropped_forgotten = dropped(wire::DropReason::kForgotten);
  stats.torn = sent.torn;
  stats.recovering = !sent.recovered;
  stats.masked = masked_.load(std::memory_order_relaxed);
  stats.batches_sent = sent.batches_sent;
  stats.retries = sent.retries;
  stats.bytes_sent = sent.bytes_sent;
  stats.disk_bytes = journal_->disk_bytes();
  stats.install_id = journal_->install_id();
  stats.sender = sent.state;
  stats.sender_message = sent.message;
  return stats;
}

std::vector<LedgerRow> Client::Impl::ledger() const {
  const journal::Counts counts = journal_->reader().counts();
  std::vector<LedgerRow> rows;
  for (std::size_t i = 0; i < wire::kTypes; ++i) {
    LedgerRow row = ledger_row(counts, static_cast<wire::TypeId>(i));
    if (row.recorded != 0 || !row.refused.empty()) rows.push_back(std::move(row));
  }
  return rows;
}

// --- Client: nothing may throw into the host ----------------------------------------------------

template <typename Call>
Status Client::Impl::call(const std::unique_ptr<Impl>& impl, Call call) noexcept try {
  if (!impl) return closed();
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
  return Impl::call(impl_, [&](Impl& impl) { return impl.track(event); });
}

Status Client::track_json(std::string_view event) noexcept {
  return Impl::call(impl_, [&](Impl& impl) { return impl.track_json(event); });
}

Status Client::set_user(std::string_view user_id) noexcept {
  return Impl::call(impl_, [&](Impl& impl) {
    return impl.set_identifier("userId", &Identity::set_user, user_id);
  });
}

Status Client::set_session(std::string_view session_id) noexcept {
  return Impl::call(impl_, [&](Impl& impl) {
    return impl.set_identifier("sessionId", &Identity::set_session, session_id);
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
