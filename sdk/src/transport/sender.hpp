// What the sender thread does: journal -> batch -> request -> answer -> trimmed journal, until it
// is stopped.
//
//   run() -> drain(source) -> collect()   reads until a batch is due
//                          -> deliver()   batcher, compressor, https/client
//                          -> settle()    answer_reader, retry_policy: acknowledge, or rest() and
//                          again
//
// One request at a time, and no batch overtakes another: the order of a source is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "https/client.hpp"
#include "penstock/options.hpp"
#include "transport/answer_reader.hpp"
#include "transport/batcher.hpp"
#include "transport/compressor.hpp"
#include "transport/erasure_sender.hpp"
#include "transport/retry_after_file.hpp"
#include "transport/retry_policy.hpp"
#include "transport/sender_control.hpp"
#include "transport/uploader.hpp"

namespace penstock::transport {

// run() is one thread's, with SIGPIPE blocked (see Channel); own() any thread.
class Sender {
 public:
  // `consent` and `control` outlive the sender.
  Sender(const Options& options, std::string context_json, Source own,
         std::unique_ptr<https::Client> client, consent::ConsentGate& consent,
         consent::ErasureQueue erasures, SenderControl& control);

  // Until control.stop_requested(). Nothing escapes it: an exception is a failed attempt like
  // others.
  void run() noexcept;

  // As Uploader has it. Any thread.
  Status restore_if_gone() noexcept;

  Source& own() noexcept { return own_; }
  const Source& own() const noexcept { return own_; }

 private:
  enum class Next { kSend, kSourceIsEmpty, kOrphans, kStop };

  // What earlier runs left, here and in slots that nobody holds.
  void recover();
  void adopt_orphans();
  journal::JournalOptions journal_options() const noexcept;
  void send_everything();
  bool drain(Source& source);  // false: stop was asked for
  void recover_from(const char* what) noexcept;

  Next collect(Source& source);
  // Does what a change of consent, or forget(), asks for.
  void obey();
  void clean_up(journal::Outcome outcome);
  std::uint64_t clear(journal::Journal& journal, journal::Outcome outcome);
  void send_erasures();
  void read_more(Source& source);
  bool batch_is_due(const Source& source) const;
  std::uint64_t seq_to_wake_at(const Source& source) const;
  Clock::time_point time_to_wake_at() const;
  void begin_batch_again(Source& source);

  void deliver(Source& source);
  journal::DropTotals drops_to_report(const Source& source);
  void settle(Source& source, const https::Answer& answer);
  void acknowledge(Source& source, const Verdicts& verdicts);
  void split(Source& source);
  void give_up_event(Source& source);
  // Returns how many events that has settled.
  std::uint64_t finish_batch(Source& source, journal::Outcome outcome,
                             std::span<const std::uint64_t> rejected);
  void give_up_expired(Source& source);
  void ask_rarely(const Decision& decision, std::string why);
  bool waits_after_refusal() const noexcept;
  void retry(const Decision& decision, std::string why);

  // The server asked for it: no request before that, nor by a program that is started again.
  void hold_requests(std::chrono::milliseconds wait) noexcept;
  void wait_until_requests_are_free();
  void rest(Clock::time_point until, bool flush_ends_it);
  void sleep_beside_journal(Clock::time_point until);
  void tend_journal() noexcept;
  std::uint64_t settled_seq() const;
  std::uint64_t pending_in_orphans() const;
  double random();
  bool is_own(const Source& source) const noexcept { return &source == &own_; }

  const Options options_;
  Source own_;
  std::mutex restoring_;  // own_.slot
  std::deque<Source> orphans_;
  std::unique_ptr<https::Client> client_;
  RetryAfterFile retry_after_;
  consent::ConsentGate& consent_;
  ErasureSender erasures_;
  SenderControl& control_;
  Batcher batcher_;
  Compressor compressor_;
  std::minstd_rand random_;

  std::vector<journal::Record> batch_;  // being collected or sent; all of one source
  std::size_t batch_bytes_ = 0;
  Clock::time_point batch_began_{};  // when its first event was seen
  // Of this source; up to it all were in a batch before, and wait no more
  std::uint64_t due_seq_ = 0;
  std::size_t events_limit_;  // of a batch now: halved by a 413, doubled by an acknowledgement

  unsigned failures_ = 0;            // in a row
  Clock::time_point held_until_{};   // no request before
  journal::DropTotals reporting_{};  // what the gateway knows of drops once it has this batch
  std::uint64_t batch_epoch_ = 0;    // of the journal when the batch was begun
  bool recovered_ = false;
  bool more_orphans_ = false;  // than were taken at once, perhaps
  std::uint64_t flushes_seen_ = 0;
  Clock::time_point next_adoption_{};
  // Refused in a row, and until when there is no request unless flush() asks for one
  unsigned refusals_ = 0;
  Clock::time_point refused_until_{};
  std::uint64_t flushes_at_request_ = 0;  // that had been asked for when the last request began
  std::uint64_t cleanups_done_ = 0;
  std::uint64_t synced_seq_ = 0;   // the journal is on the disk up to here, if sync_interval is set
  Clock::time_point next_look_{};  // for the journal's files
  Clock::time_point next_sync_ = Clock::time_point::max();
};

}  // namespace penstock::transport
