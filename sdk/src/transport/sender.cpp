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
               consent::ErasureQueue erasures, SenderControl& control,
               const platform::TimeSource& time)
    : options_(options),
      client_(std::move(client)),
      consent_(consent),
      control_(control),
      time_(time),
      reports_(options.log, time),
      sources_(options, std::move(own), consent, control, time),
      upkeep_(sources_, options.sync_interval),
      pause_(options, client_->host_and_port(), time),
      erasures_(std::move(erasures), retry_limits(options)),
      batch_(options),
      delivery_(options, std::move(context_json), *client_, time) {
  if (!pause_.held()) return;
  control_.publish([&](SenderStats& stats) {
    stats.state = SenderState::kRetrying;
    stats.message = client_->host_and_port() +
                    " asked an earlier run to wait (Retry-After); what is recorded is kept, and "
                    "sent when that has passed";
  });
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

// --- Sources ------------------------------------------------------------------------------------

void Sender::send_everything() {
  if (!recovered_) sources_.recover();
  recovered_ = true;
  do {
    if (sources_.has_orphans()) {
      reports_.say(LogLevel::kInfo, "adopted",
                   "processes that are gone have left events in " + options_.directory +
                       "; they are sent first");
    }
    while (sources_.has_orphans()) {
      if (!drain(sources_.first_orphan(), Batch::Filling::kAtOnce)) return;
      sources_.release_first_orphan();
    }
  } while (drain(sources_.own(), Batch::Filling::kWaits));  // until others die
}

bool Sender::drain(Source& source, Batch::Filling filling) {
  batch_.collect_from(source, filling);
  give_up_expired();
  for (;;) {
    switch (collect()) {
      case Next::kSend:
        deliver();
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
    retry(pause_.judge(kNoAnswer, false, {}), std::string("the sender failed inside: ") + what);
  } catch (...) {
    rest(Clock::now() + options_.retry_delay_max, /*flush_ends_it=*/false);
  }
}

// --- Collecting ---------------------------------------------------------------------------------

Sender::Next Sender::collect() {
  while (!control_.stop_requested()) {
    upkeep_.tend();
    obey();
    if (batch_.is_outdated()) begin_batch_again();
    if (sends_own() && sources_.adoption_is_due()) {
      sources_.adopt_orphans();
      if (sources_.has_orphans()) return Next::kOrphans;
    }
    send_erasures();
    if (pause_.held()) {
      wait_until_requests_are_free();
      continue;
    }
    const bool refused = pause_.waits_after_refusal() && !flush_was_asked_for();
    if (refused || !consent_.may_send()) {
      // Another process may give consent, and rings no bell here.
      const auto until =
          consent_.may_send() ? pause_.refused_until() : Clock::now() + kConsentInterval;
      const auto adoption = sends_own() ? sources_.next_adoption() : Clock::time_point::max();
      sleep_beside_journal(std::min({until, erasures_.next(), adoption}));
      continue;
    }
    batch_.read_more();
    if (batch_.is_due(control_.flush_seq())) return Next::kSend;
    if (!sends_own()) return Next::kSourceIsEmpty;  // nobody writes there any more
    wait_for_events();
  }
  return Next::kStop;
}

void Sender::wait_for_events() {
  Doorbell& doorbell = control_.doorbell();
  const std::uint64_t wake_seq = batch_.seq_to_wake_at();
  doorbell.arm(wake_seq);
  batch_.read_more();  // what came before arm() does not ring
  if (batch_.empty() || batch_.last_seq() < wake_seq) {
    const bool nothing_to_sync = batch_.empty() && upkeep_.all_synced();
    doorbell.wait_until(std::min({nothing_to_sync ? upkeep_.session_idle() : upkeep_.next(),
                                  erasures_.next(), sources_.next_adoption(), batch_.due_at()}));
  }
  doorbell.disarm();
}

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
  const auto result = delivery_.send(batch_, upkeep_);
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

void Sender::send_erasures() {
  while (!control_.stop_requested() && Clock::now() >= erasures_.next() && !pause_.held()) {
    const Decision decision =
        erasures_.send_next(*client_, upkeep_, time_.unix_milliseconds() / 1000, pause_.random());
    if (decision.server_asked) pause_.hold(decision.wait);
  }
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

void Sender::wait_until_requests_are_free() {
  rest(pause_.held_until(), /*flush_ends_it=*/false);
  if (pause_.is_retry() || control_.stop_requested()) return;
  control_.publish([](SenderStats& stats) {
    if (stats.state != SenderState::kRetrying) return;
    stats.state = SenderState::kRunning;
    stats.message.clear();
  });
}

void Sender::rest(Clock::time_point until, bool flush_ends_it) {
  while (!control_.stop_requested() && Clock::now() < until) {
    if (flush_ends_it && flush_was_asked_for()) return;
    upkeep_.tend();
    obey();
    sleep_beside_journal(until);
  }
}

// Wakes now and then as the journal grows, so that append() finds its next segment prepared.
void Sender::sleep_beside_journal(Clock::time_point until) {
  Doorbell& doorbell = control_.doorbell();
  doorbell.arm(sources_.own().journal->last_seq() + options_.batch_events_max);
  doorbell.wait_until(std::min(until, upkeep_.next()));
  doorbell.disarm();
}

}  // namespace penstock::transport
