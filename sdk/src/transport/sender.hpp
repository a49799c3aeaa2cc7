// What the sender thread does: journal -> batch -> request -> answer -> trimmed journal, until it
// is stopped. sender_thread.hpp owns the thread.
//
//   run() -> drain(source) -> collect()   batch: reads until it is due
//                          -> deliver()   delivery: body, compression, request, verdicts
//                          -> settle()    retry_policy: acknowledge, or pause and again
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

// run() is one thread's, with SIGPIPE blocked (see https/channel.hpp); sources() has its own rules.
class Sender {
 public:
  // `consent`, `control` and `time` outlive the sender.
  Sender(const Options& options, std::string context_json, Source own,
         std::unique_ptr<https::Client> client, consent::ConsentGate& consent,
         consent::ErasureQueue erasures, SenderControl& control, const platform::TimeSource& time);

  // Until control.stop_requested(). Nothing escapes it: an exception is a failed attempt like
  // others.
  void run() noexcept;

  Sources& sources() noexcept { return sources_; }

 private:
  enum class Next { kSend, kSourceIsEmpty, kOrphans, kStop };

  // --- Sources -----------------------------------------------------------------------------------
  void send_everything();
  bool drain(Source& source, Batch::Filling filling);  // false: stop was asked for
  void recover_from(const char* what) noexcept;

  // --- One batch ---------------------------------------------------------------------------------
  Next collect();
  bool sends_own() noexcept { return &batch_.source() == &sources_.own(); }
  void wait_for_events();
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
  void send_erasures();

  // --- Waiting -----------------------------------------------------------------------------------
  void ask_rarely(const Decision& decision, std::string why);
  bool flush_was_asked_for() const noexcept;  // since the last request began
  void retry(const Decision& decision, std::string why);
  void wait_until_requests_are_free();
  void rest(platform::Clock::time_point until, bool flush_ends_it);
  void sleep_beside_journal(platform::Clock::time_point until);

  const Options options_;
  std::unique_ptr<https::Client> client_;
  consent::ConsentGate& consent_;
  SenderControl& control_;
  const platform::TimeSource& time_;
  Reports reports_;
  Sources sources_;
  Upkeep upkeep_;
  Pause pause_;
  ErasureSender erasures_;
  Batch batch_;
  Delivery delivery_;

  bool recovered_ = false;
  std::uint64_t flushes_at_request_ = 0;  // that had been asked for when the last request began
  std::uint64_t cleanups_done_ = 0;
};

}  // namespace penstock::transport
