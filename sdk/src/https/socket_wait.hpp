// Waits for sockets, in a way that another thread can end and that does not stop the other duties
// of the thread that waits.
#pragma once

#include <atomic>

#include "penstock/status.hpp"
#include "platform/clock.hpp"

namespace penstock::https {

using platform::Clock;

enum class Wake { kReady, kDeadline, kCancelled };

// What the waiting thread does while a server keeps it waiting.
class WhileWaiting {
 public:
  // Must not wait itself. Returns the time of the next call.
  virtual Clock::time_point while_waiting() noexcept = 0;
  // A file descriptor: once it is readable, while_waiting() is called at once, and makes it
  // unreadable again. -1 for none.
  virtual int bell() const noexcept { return -1; }

 protected:
  ~WhileWaiting() = default;
};

// cancel() and interrupt() any thread; the rest one thread at a time.
class SocketWait {
 public:
  SocketWait() noexcept;  // see status()
  ~SocketWait();
  SocketWait(const SocketWait&) = delete;
  SocketWait& operator=(const SocketWait&) = delete;

  // kIo if the system gave no descriptor; nothing else may be called then.
  Status status() const;

  // What every later wait() calls; null for nothing.
  void set_while_waiting(WhileWaiting* duty) noexcept { duty_ = duty; }

  // Until `fd` is ready for `events` (POLLIN, POLLOUT; errors count as ready), `deadline`, or
  // cancel().
  Wake wait(int fd, short events, Clock::time_point deadline);

  // Ends all waits, now and later.
  void cancel() noexcept;
  // The same, until resume().
  void interrupt() noexcept;
  void resume() noexcept;
  bool cancelled() const noexcept;

 private:
  int cancel_fd_;
  std::atomic<bool> cancelled_for_good_{false};
  int error_;
  WhileWaiting* duty_ = nullptr;
};

}  // namespace penstock::https
