// A client's sender, as the client sees it: started, asked to flush, stopped within a bound. The
// thread, which other clients may share, is in shared_thread.hpp, and what it does in sender.hpp.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "consent/consent.hpp"
#include "consent/erasure_queue.hpp"
#include "journal/journal.hpp"
#include "penstock/options.hpp"
#include "penstock/status.hpp"
#include "platform/clock.hpp"
#include "transport/doorbell.hpp"
#include "transport/sender_stats.hpp"
#include "transport/source.hpp"

namespace penstock::transport {

// Owns the sources, and a part in the thread. Any thread may call it, also several at once.
class SenderHandle {
 public:
  // `options` have been checked; `context_json` is a JSON object, masked, and travels in each batch
  // as it is. What killed processes left in options.directory is adopted by the thread and sent
  // first, each journal under its own install id, and let go of when it is empty. Fails with
  // kInvalidOption if the ca_file cannot be used (and says why), or kOutOfMemory, kIo or kInternal
  // if the system gives no descriptor or thread. Nothing but requests for erasure is sent while
  // `consent` does not permit it. `time` outlives the process's threads.
  static Result<std::unique_ptr<SenderHandle>> start(const Options& options,
                                                     std::string context_json, Source own,
                                                     std::shared_ptr<consent::ConsentGate> consent,
                                                     consent::ErasureQueue erasures,
                                                     const platform::TimeSource& time) noexcept;
  // stop() with no time left, and waits until the thread is not at this sender any more, and has
  // ended if it was the last. A thread that the system holds up for two seconds keeps the sender with
  // all that belongs to it, the slot's lock too, until it comes back.
  ~SenderHandle();

  // All later batches have this context, as start() takes it. Throws std::bad_alloc.
  void replace_context(std::string context_json);

  journal::Journal& journal() noexcept;  // of the own source; open until this object goes
  Doorbell& doorbell() noexcept;         // what append()'s caller rings

  // If somebody has deleted the files of the own source: makes them anew, with all that is pending
  // and counted, and the consent's. Fails as Slot::take() and Journal::move_to() do; then the next
  // call tries again.
  Status restore_if_gone() noexcept;

  // Consent has changed: goes on, or stops sending.
  void consent_changed() noexcept;
  // Deletes what orphans hold, with kForgotten after queueing the erasure of what they have sent,
  // and cuts off what is under way. Then sends what is in the erasure queue. kTimeout if that is
  // not done by `deadline`; it will be.
  Status clean_up(wire::DropReason reason, std::chrono::steady_clock::time_point deadline) noexcept;

  // Sends at once, without waiting for a batch's age or for a retry's delay (but for a
  // Retry-After), and waits until everything that is in the journals now is acknowledged. kTimeout,
  // or kRefused as soon as the server has refused that, with the reason; kNotAllowed without
  // consent; kClosed after stop().
  Status flush(std::chrono::milliseconds timeout) noexcept;

  // Ends the sending: finishes the request that is under way if that ends before `deadline`, else
  // cuts it off and returns kTimeout. Returns at the deadline at the latest. Idempotent.
  Status stop(std::chrono::steady_clock::time_point deadline) noexcept;

  SenderStats stats() const noexcept;

 private:
  struct Shared;  // outlives this object if the thread has to be left behind
  explicit SenderHandle(std::shared_ptr<Shared> shared) noexcept;
  std::shared_ptr<Shared> shared_;
};

}  // namespace penstock::transport
