// Waits for sockets, in a way that another thread can end and that does not stop the sender's other
// duties.
#pragma once

#include <atomic>
#include <functional>

#include "penstock/status.hpp"
#include "platform/clock.hpp"

namespace penstock::https {

using platform::Clock;

enum class Wake { kReady, kDeadline, kCancelled };

// cancel() and interrupt() any thread; the rest one thread at a time.
class SocketWait {
 public:
  // What must go on while a server keeps us waiting. Returns when it wants to be called again; must
  // not throw.
  using Duty = std::function<Clock::time_point()>;

  SocketWait() noexcept;  // see status()
  ~SocketWait();
  SocketWait(const SocketWait&) = delete;
  SocketWait& operator=(const SocketWait&) = delete;

  // kIo if the system gave no descriptor; nothing else may be called then.
  Status status() const;

  void set_duty(Duty duty) { duty_ = std::move(duty); }

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
  Duty duty_;
};

}  // namespace penstock::https
