#include "transport/sender.hpp"

#include <sys/random.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "platform/clock.hpp"
#include "transport/failure_text.hpp"
#include "wire/field_names.hpp"

namespace penstock::transport {
namespace {

using platform::unix_milliseconds_now;

// Slots that are held besides the own one.
constexpr std::size_t kOrphansAtOnce = 4;

// How often the journal's files are looked for at most.
constexpr std::chrono::milliseconds kLookInterval{100};

// How soon a change of consent in another process is seen here while nothing is recorded.
constexpr std::chrono::minutes kConsentInterval{1};

RetryLimits retry_limits(const Options& options) noexcept {
  return {options.retry_delay_min, options.retry_delay_max, options.refusal_delay_min,
          options.refusal_delay_max};
}

std::minstd_rand::result_type random_seed() {
  std::minstd_rand::result_type seed = 0;
  // Jitter is no secret: without entropy (early in a boot) the clock is good enough.
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == static_cast<ssize_t>(sizeof seed))
    return seed;
  return static_cast<std::minstd_rand::result_type>(Clock::now().time_since_epoch().count());
}

}  // namespace

Sender::Sender(const Options& options, std::string context_json, Source own,
               std::unique_ptr<https::Client> client, consent::ConsentGate& consent,
               consent::ErasureQueue erasures, SenderControl& control)
    : options_(options),
      own_(std::move(own)),
      client_(std::move(client)),
      retry_after_(options.directory, client_->host_and_port()),
      consent_(consent),
      erasures_(std::move(erasures), retry_limits(options)),
      control_(control),
      batcher_(std::move(context_json)),
      compressor_(options.compression),
      random_(random_seed()),
      events_limit_(options.batch_events_max) {
  batch_.reserve(options_.batch_events_max);
  if (options_.sync_interval.count() > 0) next_sync_ = Clock::now() + options_.sync_interval;
  // A server that keeps us waiting must not keep the journal waiting.
  control_.socket_wait().set_duty([this] {
    tend_journal();
    return next_sync_;
  });
  const auto held = retry_after_.left(unix_milliseconds_now());
  held_until_ = Clock::now() + held;
  if (held.count() > 0) {
    control_.publish([&](UploaderStats& stats) {
      stats.state = SenderState::kRetrying;
      stats.message = client_->host_and_port() +
                      " asked an earlier run to wait (Retry-After); what is recorded is kept, and "
                      "sent when that has passed";
    });
  }
}

void Sender::run() noexcept {
  while (!control_.stop_requested()) {
    try {
      send_everything();
    } catch (const std::exception& error) {
      recover_from(error.what());
    } catch (...) {
      recover_from("unknown exception");
    }
  }
  client_.reset();  // on this thread: at the end of a process TLS may be gone before this object
}

void Sender::recover() {
  const journal::RecoveryReport report = own_.journal->recovery();
  control_.publish([&](UploaderStats& stats) {
    stats.torn += report.torn_records;
    stats.settled_seq = settled_seq();
  });
  adopt_orphans();
  recovered_ = true;
}

void Sender::adopt_orphans() {
  flushes_seen_ = control_.flush_count();  // first
  next_adoption_ = options_.adopt_interval.count() == 0 ? Clock::time_point::max()
                                                        : Clock::now() + options_.adopt_interval;
  std::uint64_t adopted = 0, purged = 0, torn = 0;
  journal::Slot::visit_orphans(options_.directory, [&](journal::Slot slot) {
    auto journal = journal::Journal::open(slot.folder(), journal_options());
    if (!journal) return true;  // left as it is: the next process tries again
    if (consent_.state() == Consent::kDenied)
      purged += clear(**journal, journal::Outcome::kConsentDenied);
    const journal::RecoveryReport left = (*journal)->recovery();
    adopted += left.records;
    torn += left.torn_records;
    if ((*journal)->pending() != 0) orphans_.push_back({std::move(slot), *std::move(journal)});
    return orphans_.size() < kOrphansAtOnce;
  });
  more_orphans_ = orphans_.size() == kOrphansAtOnce;
  control_.publish([&](UploaderStats& stats) {
    stats.adopted_in_orphans += adopted;
    stats.purged_in_orphans += purged;
    stats.torn += torn;
    stats.orphans_pending = pending_in_orphans();
    if (more_orphans_) return;
    stats.flushes_seen = flushes_seen_;
    stats.recovered = true;
  });
}

journal::JournalOptions Sender::journal_options() const noexcept {
  return {options_.disk_bytes_max, options_.segment_bytes, options_.event_bytes_max};
}

void Sender::send_everything() {
  if (!recovered_) recover();
  do {
    while (!orphans_.empty()) {
      if (!drain(orphans_.front())) return;
      orphans_.pop_front();  // its slot is free for another process
      control_.publish([&](UploaderStats& stats) { stats.orphans_pending = pending_in_orphans(); });
      if (orphans_.empty() && more_orphans_) adopt_orphans();
    }
  } while (drain(own_));  // until others die
}

bool Sender::drain(Source& source) {
  due_seq_ = 0;
  begin_batch_again(source);
  for (;;) {
    switch (collect(source)) {
      case Next::kSend:
        deliver(source);
        break;
      case Next::kSourceIsEmpty:
      case Next::kOrphans:
        return true;
      case Next::kStop:
        return false;
    }
  }
}

// What can throw is memory that is short for the moment: as with a network that is away, wait and
// try again.
void Sender::recover_from(const char* what) noexcept {
  try {
    const Decision later =
        decide({kNoAnswer, false, failures_, refusals_, {}}, retry_limits(options_), random());
    retry(later, std::string("the sender failed inside: ") + what);
  } catch (...) {
    rest(Clock::now() + options_.retry_delay_max, /*flush_ends_it=*/false);
  }
}

// --- Collecting ---------------------------------------------------------------------------------

Sender::Next Sender::collect(Source& source) {
  Doorbell& doorbell = control_.doorbell();
  while (!control_.stop_requested()) {
    tend_journal();
    obey();
    if (source.journal->epoch() != batch_epoch_) begin_batch_again(source);  // it was purged
    if (is_own(source) &&
        (Clock::now() >= next_adoption_ || control_.flush_count() != flushes_seen_)) {
      adopt_orphans();
      if (!orphans_.empty()) return Next::kOrphans;
    }
    send_erasures();
    if (Clock::now() < held_until_) {
      wait_until_requests_are_free();
      continue;
    }
    if (waits_after_refusal() || !consent_.may_send()) {
      // Another process may give consent, and rings no bell here.
      const auto until = consent_.may_send() ? refused_until_ : Clock::now() + kConsentInterval;
      const auto adoption = is_own(source) ? next_adoption_ : Clock::time_point::max();
      sleep_beside_journal(std::min({until, erasures_.next(), adoption}));
      continue;
    }
    read_more(source);
    if (batch_is_due(source)) return Next::kSend;
    if (!is_own(source)) return Next::kSourceIsEmpty;  // nobody writes there any more

    const std::uint64_t wake_seq = seq_to_wake_at(source);
    doorbell.arm(wake_seq);
    read_more(source);  // what came before arm() does not ring
    if (batch_.empty() || batch_.back().seq < wake_seq) doorbell.wait_until(time_to_wake_at());
    doorbell.disarm();
  }
  return Next::kStop;
}

void Sender::obey() {
  if (const auto cleanup = control_.take_cleanup(cleanups_done_)) {
    clean_up(cleanup->outcome);
    cleanups_done_ = cleanup->number;
    control_.publish([&](UploaderStats& stats) {
      stats.cleanups = cleanups_done_;
      stats.orphans_pending = pending_in_orphans();
      stats.settled_seq = settled_seq();
    });
  }
  // Denied in another process: here there may be something left.
  if (consent_.state() == Consent::kDenied && own_.journal->pending() > 0) {
    static_cast<void>(own_.journal->purge(journal::Outcome::kConsentDenied,
                                          journal::Journal::InstallId::kKept,
                                          journal::Journal::Afterwards::kShut));
  }
}

// What was queued here for erasure is sent as soon as nothing more urgent is to do.
void Sender::clean_up(journal::Outcome outcome) {
  std::uint64_t purged = 0;
  for (Source& orphan : orphans_) purged += clear(*orphan.journal, outcome);
  // And what was not adopted at open, since its process lived then.
  for (const auto& slot : journal::Slot::take_orphans(options_.directory)) {
    auto journal = journal::Journal::open(slot.folder(), journal_options());
    if (journal) clear(**journal, outcome);
  }
  erasures_.look_again();
  control_.publish([&](UploaderStats& stats) { stats.purged_in_orphans += purged; });
}

// Returns how many events that has deleted.
std::uint64_t Sender::clear(journal::Journal& journal, journal::Outcome outcome) {
  const bool forgets = outcome == journal::Outcome::kForgotten;
  if (forgets)
    static_cast<void>(erasures_.queue().add(journal.install_id(), unix_milliseconds_now()));
  static_cast<void>(journal.recovery());  // so that all of it is known
  const std::uint64_t pending = journal.pending();
  static_cast<void>(journal.purge(
      outcome, forgets ? journal::Journal::InstallId::kNew : journal::Journal::InstallId::kKept));
  return pending;
}

void Sender::send_erasures() {
  while (!control_.stop_requested() && Clock::now() >= erasures_.next() &&
         Clock::now() >= held_until_) {
    const Decision decision =
        erasures_.send_next(*client_, unix_milliseconds_now() / 1000, random());
    if (decision.server_asked) hold_requests(decision.wait);
  }
}

void Sender::read_more(Source& source) {
  while (batch_.size() < events_limit_ && batch_bytes_ < options_.batch_bytes_max) {
    const std::size_t before = batch_.size();
    if (source.journal->read(events_limit_ - before, options_.batch_bytes_max - batch_bytes_,
                             batch_) == 0)
      return;
    if (before == 0) batch_began_ = Clock::now();
    for (std::size_t i = before; i < batch_.size(); ++i) batch_bytes_ += batch_[i].payload.size();
  }
}

bool Sender::batch_is_due(const Source& source) const {
  if (batch_.empty()) return false;
  return !is_own(source) || batch_.size() >= events_limit_ ||
         batch_bytes_ >= options_.batch_bytes_max || batch_.front().seq <= due_seq_ ||
         batch_.front().seq <= control_.flush_seq() ||
         Clock::now() >= batch_began_ + options_.batch_age_max;
}

// The event that begins a batch, or the one that will fill it. Bytes are foretold by the events so
// far: if they were unlike those that come, the age is still a bound.
std::uint64_t Sender::seq_to_wake_at(const Source& source) const {
  if (batch_.empty()) return source.journal->acknowledged_seq() + 1;
  const std::size_t event_bytes = std::max<std::size_t>(1, batch_bytes_ / batch_.size());
  const std::size_t bytes_left = options_.batch_bytes_max - batch_bytes_;
  const std::size_t events_left = std::min(events_limit_ - batch_.size(), bytes_left / event_bytes);
  return batch_.back().seq + std::max<std::size_t>(1, events_left);
}

Clock::time_point Sender::time_to_wake_at() const {
  if (!batch_.empty())
    return std::min(
        {next_sync_, erasures_.next(), next_adoption_, batch_began_ + options_.batch_age_max});
  const bool all_synced = own_.journal->last_seq() == synced_seq_;
  return std::min(
      {erasures_.next(), next_adoption_, all_synced ? Clock::time_point::max() : next_sync_});
}

// Behind the last settled event. The records of the batch that was under way are read again.
void Sender::begin_batch_again(Source& source) {
  batch_.clear();
  batch_bytes_ = 0;
  batch_epoch_ = source.journal->epoch();
  source.journal->rewind();
  give_up_expired(source);
}

void Sender::give_up_expired(Source& source) {
  if (options_.event_age_max.count() == 0) return;
  const std::int64_t cutoff =
      unix_milliseconds_now() / 1000 - std::chrono::seconds(options_.event_age_max).count();
  if (cutoff <= 0) return;
  const std::uint64_t expired = source.journal->give_up_expired(static_cast<std::uint32_t>(cutoff));
  if (expired == 0) return;
  control_.publish([&](UploaderStats& stats) {
    stats.expired += expired;
    stats.orphans_pending = pending_in_orphans();
    stats.settled_seq = settled_seq();
  });
}

// --- Delivering ---------------------------------------------------------------------------------

void Sender::deliver(Source& source) {
  due_seq_ = batch_.back().seq;
  flushes_at_request_ = control_.flush_count();
  const std::string install_id = source.journal->install_id();
  if (source.journal->epoch() != batch_epoch_) return begin_batch_again(source);
  const std::string_view body =
      batcher_.build(install_id, batch_, drops_to_report(source), unix_milliseconds_now());
  const std::string_view packed = compressor_.compress(body);
  const https::Answer answer = client_->send({.path = wire::kEventsPath,
                                              .body = packed,
                                              .content_type = wire::kContentTypeJson,
                                              .content_encoding = compressor_.content_encoding()});
  control_.publish([&](UploaderStats& stats) {
    stats.batches_sent += 1;
    stats.retries += failures_ > 0 ? 1 : 0;
    stats.bytes_sent += packed.size();
  });
  settle(source, answer);
}

// Each journal's own, so that what a killed process could not report, its heir does.
journal::DropTotals Sender::drops_to_report(const Source& source) {
  const journal::DropTotals reported = source.journal->reported();
  reporting_ = source.journal->dropped();
  return reporting_ - reported;
}

void Sender::settle(Source& source, const https::Answer& answer) {
  Attempt attempt{answer.status, false, failures_, refusals_, {}};
  std::optional<Verdicts> verdicts;
  if (answer.status >= 200 && answer.status <= 299)
    verdicts = read_verdicts(answer.body, batch_.size());
  attempt.answer_fits = verdicts.has_value();
  attempt.retry_after = parse_retry_after(answer.retry_after, unix_milliseconds_now() / 1000);

  const Decision decision = decide(attempt, retry_limits(options_), random());
  const auto why = [&] {
    return describe_failure(answer, client_->host_and_port(), options_.write_key);
  };
  if (decision.action != Action::kAcknowledge && source.journal->epoch() != batch_epoch_)
    return begin_batch_again(source);  // purged; cut off by that, perhaps
  switch (decision.action) {
    case Action::kAcknowledge:
      return acknowledge(source, *verdicts);
    case Action::kSplit:
      return batch_.size() > 1 ? split(source) : give_up_event(source);
    case Action::kAskRarely:
      return ask_rarely(decision, why());
    case Action::kRetry:
      return retry(decision, why());
  }
}

void Sender::acknowledge(Source& source, const Verdicts& verdicts) {
  std::vector<std::uint64_t> rejected;
  rejected.reserve(verdicts.rejected.size());
  for (const std::size_t index : verdicts.rejected) rejected.push_back(batch_[index].seq);
  if (reporting_ != source.journal->reported()) source.journal->report(reporting_);
  events_limit_ = std::min(events_limit_ * 2, options_.batch_events_max);
  // All of them, or none if they were purged meanwhile: then that is what became of them.
  const bool settled = finish_batch(source, journal::Outcome::kAcknowledged, rejected) != 0;
  control_.publish([&](UploaderStats& stats) {
    stats.acknowledged += settled ? verdicts.accepted : 0;
    stats.rejected += settled ? verdicts.rejected.size() : 0;
    stats.orphans_pending = pending_in_orphans();
    stats.settled_seq = settled_seq();
    stats.state = SenderState::kRunning;
    stats.message.clear();
  });
}

void Sender::split(Source& source) {
  failures_ = refusals_ = 0;
  events_limit_ = batch_.size() / 2;
  begin_batch_again(source);
}

// Too large even alone: to keep it would block all that comes behind it.
void Sender::give_up_event(Source& source) {
  const std::uint64_t settled = finish_batch(source, journal::Outcome::kTooLargeForGateway, {});
  control_.publish([&](UploaderStats& stats) {
    stats.dropped_unsendable += settled;
    stats.orphans_pending = pending_in_orphans();
    stats.settled_seq = settled_seq();
  });
}

std::uint64_t Sender::finish_batch(Source& source, journal::Outcome outcome,
                                   std::span<const std::uint64_t> rejected) {
  failures_ = refusals_ = 0;
  const std::uint64_t settled = source.journal->settle(batch_.back().seq, outcome, rejected);
  batch_.clear();
  batch_bytes_ = 0;
  batch_epoch_ = source.journal->epoch();
  give_up_expired(source);
  return settled;
}

void Sender::ask_rarely(const Decision& decision, std::string why) {
  refusals_ += 1;
  refused_until_ = Clock::now() + decision.wait;
  if (decision.server_asked) hold_requests(decision.wait);
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(decision.wait).count();
  control_.publish([&](UploaderStats& stats) {
    stats.state = SenderState::kRefused;
    stats.refused_flushes = flushes_at_request_;
    stats.message = std::move(why) + "; the events are kept, and it is asked again within " +
                    std::to_string(minutes) + (minutes == 1 ? " minute" : " minutes") +
                    ", or at flush()";
  });
}

bool Sender::waits_after_refusal() const noexcept {
  return Clock::now() < refused_until_ && control_.flush_count() == flushes_at_request_;
}

void Sender::retry(const Decision& decision, std::string why) {
  failures_ += 1;
  control_.publish([&](UploaderStats& stats) {
    stats.state = SenderState::kRetrying;
    stats.message = std::move(why);
  });
  if (decision.server_asked) hold_requests(decision.wait);
  rest(Clock::now() + decision.wait, /*flush_ends_it=*/!decision.server_asked);
}

// --- Waiting ------------------------------------------------------------------------------------

void Sender::hold_requests(std::chrono::milliseconds wait) noexcept {
  held_until_ = Clock::now() + wait;
  const std::chrono::milliseconds kept = std::min<std::chrono::milliseconds>(wait, kRetryAfterMax);
  retry_after_.keep(unix_milliseconds_now() + kept.count());
}

void Sender::wait_until_requests_are_free() {
  rest(held_until_, /*flush_ends_it=*/false);
  if (failures_ > 0 || control_.stop_requested()) return;
  control_.publish([](UploaderStats& stats) {
    if (stats.state != SenderState::kRetrying) return;
    stats.state = SenderState::kRunning;
    stats.message.clear();
  });
}

void Sender::rest(Clock::time_point until, bool flush_ends_it) {
  while (!control_.stop_requested() && Clock::now() < until) {
    if (flush_ends_it && control_.flush_count() != flushes_at_request_) return;
    tend_journal();
    obey();
    sleep_beside_journal(until);
  }
}

// Wakes now and then as the journal grows, so that append() finds its next segment prepared.
void Sender::sleep_beside_journal(Clock::time_point until) {
  control_.doorbell().arm(own_.journal->last_seq() + options_.batch_events_max);
  control_.doorbell().wait_until(std::min(until, next_sync_));
  control_.doorbell().disarm();
}

Status Sender::restore_if_gone() noexcept try {
  const std::lock_guard lock(restoring_);
  if (!own_.slot.is_gone() && !own_.journal->is_gone()) return {};
  auto slot = journal::Slot::take_empty(options_.directory);
  if (!slot) return slot.status();
  if (Status moved = own_.journal->move_to(slot->folder()); !moved) return moved;
  own_.slot = *std::move(slot);
  return consent_.keep_again();
} catch (...) {
  return {StatusCode::kOutOfMemory, {}};
}

void Sender::tend_journal() noexcept {
  own_.journal->maintain();
  const Clock::time_point now = Clock::now();
  // Not at each bell: the look waits for threads that begin a segment, and maintain() must be ahead of
  // them.
  if (now >= next_look_) {
    static_cast<void>(restore_if_gone());
    next_look_ = now + kLookInterval;
  }
  if (now < next_sync_) return;
  const std::uint64_t last = own_.journal->last_seq();
  // A sync that fails is repeated after the interval; what a kill must not take, it does not take
  // either way.
  if (last != synced_seq_ && own_.journal->sync().ok()) synced_seq_ = last;
  next_sync_ = Clock::now() + options_.sync_interval;
}

// Not only what was acknowledged: the last number may be that of an event that a kill tore, and
// that will never be sent.
std::uint64_t Sender::settled_seq() const {
  const std::uint64_t last = own_.journal->last_seq();  // first: what pending() counts is no older
  return own_.journal->pending() == 0 ? last : own_.journal->acknowledged_seq();
}

std::uint64_t Sender::pending_in_orphans() const {
  std::uint64_t pending = 0;
  for (const Source& orphan : orphans_) pending += orphan.journal->pending();
  return pending;
}

double Sender::random() {
  constexpr double kValues =
      static_cast<double>(std::minstd_rand::max() - std::minstd_rand::min()) + 1;
  return static_cast<double>(random_() - std::minstd_rand::min()) / kValues;
}

}  // namespace penstock::transport
