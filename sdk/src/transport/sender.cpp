#include "transport/sender.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace penstock::transport {
namespace {

using platform::Clock;

// How soon a change of consent in another process is seen here while nothing is recorded.
constexpr std::chrono::minutes kConsentInterval{1};

}  // namespace

Sender::Sender(const Options& options, std::string context_json, Source own,
               std::unique_ptr<https::Client> client, consent::ConsentGate& consent,
               consent::ErasureQueue erasures, SenderControl& control, https::WhileWaiting& duty,
               const platform::TimeSource& time)
    : options_(options),
      client_(std::move(client)),
      consent_(consent),
      control_(control),
      duty_(duty),
      time_(time),
      reports_(options.log, time),
      sources_(options, std::move(own), consent, control, time),
      upkeep_(sources_, options.sync_interval),
      pause_(options, client_->host_and_port(), time),
      erasures_(std::move(erasures), retry_limits(options)),
      batch_(options),
      delivery_(options, std::move(context_json), *client_, time) {
  was_held_ = pause_.held();
  if (!was_held_) return;
  control_.publish([&](SenderStats& stats) {
    stats.state = SenderState::kRetrying;
    stats.message = client_->host_and_port() +
                    " asked an earlier run to wait (Retry-After); what is recorded is kept, and "
                    "sent when that has passed";
  });
}

// --- Steps --------------------------------------------------------------------------------------

Clock::time_point Sender::step() noexcept {
  control_.doorbell().disarm();
  try {
    return advance();
  } catch (const std::exception& error) {
    return recover_from(error.what());
  } catch (...) {
    return recover_from("unknown exception");
  }
}

Clock::time_point Sender::advance() {
  if (control_.stop_requested()) return Clock::now();
  upkeep_.tend();
  obey();
  if (rests()) return sleep_beside_journal(rest_until_);
  if (!recovered_) sources_.recover();
  recovered_ = true;
  if (!source_begun_) begin_source();
  source_begun_ = true;
  if (batch_.is_outdated()) begin_batch_again();
  if (sends_own() && sources_.adoption_is_due()) {
    sources_.adopt_orphans();
    if (sources_.has_orphans()) begin_source();
  }
  if (pause_.held()) {
    was_held_ = true;
    return sleep_beside_journal(pause_.held_until());
  }
  if (was_held_) requests_are_free_again();
  if (Clock::now() >= erasures_.next()) {
    send_erasure();
    return Clock::now();
  }
  return send_or_wait();
}

Clock::time_point Sender::send_or_wait() {
  const bool refused = pause_.waits_after_refusal() && !flush_was_asked_for();
  if (refused || !consent_.may_send()) {
    // Another process may give consent, and rings no bell here.
    const auto until =
        consent_.may_send() ? pause_.refused_until() : Clock::now() + kConsentInterval;
    const auto adoption = sends_own() ? sources_.next_adoption() : Clock::time_point::max();
    return sleep_beside_journal(std::min({until, erasures_.next(), adoption}));
  }
  batch_.read_more();
  if (batch_.is_due(control_.flush_seq())) {
    deliver();
    return Clock::now();
  }
  if (sends_own()) return wait_for_events();
  sources_.release_first_orphan();  // nobody writes there any more
  begin_source();
  return Clock::now();
}

Clock::time_point Sender::wait_for_events() {
  const std::uint64_t wake_seq = batch_.seq_to_wake_at();
  control_.doorbell().arm(wake_seq);
  batch_.read_more();  // what came before arm() does not ring
  if (!batch_.empty() && batch_.last_seq() >= wake_seq) return Clock::now();
  const bool nothing_to_sync = batch_.empty() && upkeep_.all_synced();
  return std::min({nothing_to_sync ? upkeep_.session_idle() : upkeep_.next(), erasures_.next(),
                   sources_.next_adoption(), batch_.due_at()});
}

// Wakes now and then as the journal grows, so that append() finds its next segment prepared.
Clock::time_point Sender::sleep_beside_journal(Clock::time_point until) {
  control_.doorbell().arm(sources_.own().journal->last_seq() + options_.batch_events_max);
  return std::min(until, upkeep_.next());
}

// What can throw is memory that is short for the moment: as with a network that is away, wait and
// try again.
Clock::time_point Sender::recover_from(const char* what) noexcept {
  source_begun_ = false;
  try {
    retry(pause_.judge(kNoAnswer, false, {}), std::string("the sender failed inside: ") + what);
  } catch (...) {
    rest(Clock::now() + options_.retry_delay_max, /*flush_ends_it=*/false);
  }
  return Clock::now();
}

Clock::time_point Sender::tend() noexcept {
  upkeep_.tend();
  return upkeep_.next();
}

Clock::time_point Sender::tend_aside() noexcept {
  const TimePoint next = tend();
  try {
    obey();
  } catch (...) {
    return next;  // without memory; the next step does it
  }
  return next;
}

// --- Sources ------------------------------------------------------------------------------------

void Sender::begin_source() {
  if (sources_.has_orphans()) {
    reports_.say(LogLevel::kInfo, "adopted",
                 "processes that are gone have left events in " + options_.directory +
                     "; they are sent first");
    batch_.collect_from(sources_.first_orphan(), Batch::Filling::kAtOnce);
  } else {
    batch_.collect_from(sources_.own(), Batch::Filling::kWaits);
  }
  give_up_expired();
}

// --- Collecting ---------------------------------------------------------------------------------

void Sender::begin_batch_again() {
  batch_.begin_again();
  give_up_expired();
}

void Sender::give_up_expired() {
  if (options_.event_age_max.count() == 0) return;
  const std::uint64_t expired = batch_.give_up_expired(
      time_.unix_milliseconds() / 1000 - std::chrono::seconds(options_.event_age_max).count());
  if (expired == 0) return;
  sources_.publish([](SenderStats&) {});
  has_dropped(expired, "older than event_age_max");
}

// --- Delivering ---------------------------------------------------------------------------------

void Sender::deliver() {
  batch_.request_begins();
  flushes_at_request_ = control_.flush_count();
  if (auto context = control_.take_context()) delivery_.set_context(*std::move(context));
  const auto result = delivery_.send(batch_, duty_);
  if (!result) return begin_batch_again();
  control_.publish([&](SenderStats& stats) {
    stats.batches_sent += 1;
    stats.retries += pause_.is_retry() ? 1U : 0U;
    stats.bytes_sent += result->bytes_sent;
  });
  settle(*result);
}

void Sender::settle(const Delivery::Result& result) {
  const https::Answer& answer = result.answer;
  const Decision decision =
      pause_.judge(answer.status, result.verdicts.has_value(), answer.retry_after);
  if (decision.action != Action::kAcknowledge && batch_.is_outdated())
    return begin_batch_again();  // purged; cut off by that, perhaps
  switch (decision.action) {
    case Action::kAcknowledge:
      return acknowledge(*result.verdicts);
    case Action::kSplit:
      if (batch_.records().size() == 1) return give_up_event();
      pause_.succeeded();
      batch_.halve();
      return give_up_expired();
    case Action::kAskRarely:
      return ask_rarely(decision, delivery_.describe(answer));
    case Action::kRetry:
      return retry(decision, delivery_.describe(answer));
  }
}

void Sender::acknowledge(const Verdicts& verdicts) {
  std::vector<std::uint64_t> rejected;
  rejected.reserve(verdicts.rejected.size());
  for (const std::size_t index : verdicts.rejected) rejected.push_back(batch_.records()[index].seq);
  delivery_.acknowledged(*batch_.source().journal);
  batch_.grow();
  finish_batch(journal::Fate::kAcknowledged, rejected);
  bool was_running = true;
  sources_.publish([&](SenderStats& stats) {
    was_running = stats.state == SenderState::kRunning;
    stats.state = SenderState::kRunning;
    stats.message.clear();
  });
  if (!was_running)
    reports_.say(LogLevel::kInfo, "sending", client_->host_and_port() + " takes events again");
  if (!rejected.empty()) {
    reports_.say(LogLevel::kWarning, "rejected",
                 client_->host_and_port() + " has put " + std::to_string(rejected.size()) +
                     " events into the dead-letter topic, as invalid; its operator sees why there");
  }
}

// Too large even alone: to keep it would block all that comes behind it.
void Sender::give_up_event() {
  finish_batch(wire::DropReason::kTooLargeForGateway, {});
  sources_.publish([](SenderStats&) {});
  has_dropped(1, "too large for the gateway; lower event_bytes_max, or raise its limits");
}

void Sender::has_dropped(std::uint64_t events, const char* why) {
  reports_.say(
      LogLevel::kWarning, "dropped",
      std::to_string(events) + (events == 1 ? " event was" : " events were") + " given up: " + why);
}

void Sender::finish_batch(journal::Fate fate, std::span<const std::uint64_t> rejected) {
  pause_.succeeded();
  batch_.settle(fate, rejected);
  give_up_expired();
}

// --- What others ask for ------------------------------------------------------------------------

void Sender::obey() {
  if (const auto cleanup = control_.take_cleanup(cleanups_done_)) {
    sources_.purge_orphans(cleanup->reason, erasures_.queue());
    erasures_.look_again();  // what was queued there is sent as soon as nothing is more urgent
    cleanups_done_ = cleanup->number;
    control_.publish([&](SenderStats& stats) { stats.cleanups = cleanups_done_; });
  }
  sources_.purge_own_if_denied();
}

void Sender::send_erasure() {
  const Decision decision =
      erasures_.send_next(*client_, duty_, time_.unix_milliseconds() / 1000, pause_.random());
  if (decision.server_asked) pause_.hold(decision.wait);
}

// --- Waiting ------------------------------------------------------------------------------------

void Sender::ask_rarely(const Decision& decision, std::string why) {
  pause_.refused(decision);
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(decision.wait).count();
  const std::string message =
      std::move(why) + "; the events are kept, and it is asked again within " +
      std::to_string(minutes) + (minutes == 1 ? " minute" : " minutes") + ", or at flush()";
  control_.publish([&](SenderStats& stats) {
    stats.state = SenderState::kRefused;
    stats.refused_flushes = flushes_at_request_;
    stats.message = message;
  });
  reports_.say(LogLevel::kError, "refused", message);
}

bool Sender::flush_was_asked_for() const noexcept {
  return control_.flush_count() != flushes_at_request_;
}

void Sender::retry(const Decision& decision, std::string why) {
  reports_.say(LogLevel::kWarning, "retrying", why + "; the events are kept, and sent later");
  control_.publish([&](SenderStats& stats) {
    stats.state = SenderState::kRetrying;
    stats.message = std::move(why);
  });
  pause_.failed(decision);
  rest(Clock::now() + decision.wait, /*flush_ends_it=*/!decision.server_asked);
}

void Sender::rest(Clock::time_point until, bool flush_ends_it) noexcept {
  rest_until_ = until;
  flush_ends_rest_ = flush_ends_it;
}

bool Sender::rests() noexcept {
  if (flush_ends_rest_ && flush_was_asked_for()) rest_until_ = Clock::time_point::min();
  return Clock::now() < rest_until_;
}

void Sender::requests_are_free_again() {
  was_held_ = false;
  if (pause_.is_retry()) return;
  control_.publish([](SenderStats& stats) {
    if (stats.state != SenderState::kRetrying) return;
    stats.state = SenderState::kRunning;
    stats.message.clear();
  });
}

}  // namespace penstock::transport
