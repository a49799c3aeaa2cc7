// What the sender thread does for a client: journal -> batch -> request -> answer -> trimmed
// journal, step by step, so that nothing but a request keeps the thread. shared_thread.hpp is the
// thread.
//
//   step() -> begin_source()   sources: an orphan's journal, or the own
//          -> read_more()      batch: until it is due
//          -> deliver()        delivery: body, compression, request, verdicts
//          -> settle()         retry_policy: acknowledge, or rest and again
//
// Between these: sources (orphans come and go), upkeep (the own journal), pause (who asked us to
// wait), erasure_sender. One request at a time, and no batch overtakes another: the order of a
// source is kept.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "https/client.hpp"
#include "penstock/options.hpp"
#include "transport/batch.hpp"
#include "transport/delivery.hpp"
#include "transport/erasure_sender.hpp"
#include "transport/pause.hpp"
#include "transport/reports.hpp"
#include "transport/sender_control.hpp"
#include "transport/sources.hpp"
#include "transport/upkeep.hpp"

namespace penstock::transport {

// One thread's at a time; but sources() has its own rules.
class Sender {
 public:
  // `duty`: what the thread has to do while the server keeps it waiting, tend() among that.
  // `consent`, `control`, `duty` and `time` outlive the sender.
  Sender(const Options& options, std::string context_json, Source own,
         std::unique_ptr<https::Client> client, consent::ConsentGate& consent,
         consent::ErasureQueue erasures, SenderControl& control, https::WhileWaiting& duty,
         const platform::TimeSource& time);

  // Does what is due, at most one request. Returns when to be called again, and that is sooner if
  // the doorbell rings. Nothing escapes it: an exception is a failed attempt like others. After
  // control.stop_requested() it does nothing.
  platform::Clock::time_point step() noexcept;
  // What the journal needs meanwhile, within a request. Returns when it is next.
  platform::Clock::time_point tend() noexcept;
  // The same within the request of another sender: also what others ask for.
  platform::Clock::time_point tend_aside() noexcept;
  // Behind the last step: closes the connection, while TLS is there (at the end of a process it may
  // be gone before this object). Idempotent.
  void disconnect() noexcept { client_.reset(); }

  Sources& sources() noexcept { return sources_; }

 private:
  using TimePoint = platform::Clock::time_point;

  // --- Steps: each returns when to be called again -----------------------------------------------
  TimePoint advance();
  TimePoint send_or_wait();
  TimePoint wait_for_events();
  TimePoint sleep_beside_journal(TimePoint until);
  TimePoint recover_from(const char* what) noexcept;

  // --- Sources -----------------------------------------------------------------------------------
  void begin_source();
  bool sends_own() noexcept { return &batch_.source() == &sources_.own(); }

  // --- One batch ---------------------------------------------------------------------------------
  void begin_batch_again();
  void give_up_expired();
  void deliver();
  void settle(const Delivery::Result& result);
  void acknowledge(const Verdicts& verdicts);
  void give_up_event();
  void has_dropped(std::uint64_t events, const char* why);
  void finish_batch(journal::Fate fate, std::span<const std::uint64_t> rejected);

  // --- What others ask for -----------------------------------------------------------------------
  void obey();  // a change of consent, or forget()
  void send_erasure();

  // --- Waiting -----------------------------------------------------------------------------------
  void ask_rarely(const Decision& decision, std::string why);
  bool flush_was_asked_for() const noexcept;  // since the last request began
  void retry(const Decision& decision, std::string why);
  void rest(TimePoint until, bool flush_ends_it) noexcept;
  bool rests() noexcept;
  void requests_are_free_again();

  const Options options_;
  std::unique_ptr<https::Client> client_;
  consent::ConsentGate& consent_;
  SenderControl& control_;
  https::WhileWaiting& duty_;
  const platform::TimeSource& time_;
  Reports reports_;
  Sources sources_;
  Upkeep upkeep_;
  Pause pause_;
  ErasureSender erasures_;
  Batch batch_;
  Delivery delivery_;

  bool recovered_ = false;
  bool source_begun_ = false;
  TimePoint rest_until_ = TimePoint::min();  // nothing is tried before that
  bool flush_ends_rest_ = false;
  bool was_held_;                         // by the server, until a moment ago
  std::uint64_t flushes_at_request_ = 0;  // that had been asked for when the last request began
  std::uint64_t cleanups_done_ = 0;
};

}  // namespace penstock::transport
