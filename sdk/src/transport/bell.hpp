// What a thread sleeps on, and what wakes it: also while it waits for a socket.
#pragma once

#include "penstock/status.hpp"
#include "platform/clock.hpp"

namespace penstock::transport {

// ring() any thread; the rest is the sleeper's.
//
// An eventfd, which can be waited for beside a socket. Ringing takes no lock, never waits, and is no
// cancellation point.
class Bell {
 public:
  Bell() noexcept;  // see status()
  ~Bell();
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  // kIo if the system gave no descriptor; nothing else may be called then.
  Status status() const;

  void ring() noexcept;

  // Until it rings or `deadline`; the clock's maximum means for ever. May return early. Several
  // rings are one.
  void wait_until(platform::Clock::time_point deadline) noexcept;
  // Readable once it has rung, until silence().
  int descriptor() const noexcept { return descriptor_; }
  void silence() noexcept;

 private:
  const int descriptor_;
  const int error_;
};

}  // namespace penstock::transport
