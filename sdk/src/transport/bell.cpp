#include "transport/bell.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <string>
#include <system_error>

namespace penstock::transport {

using platform::Clock;

Bell::Bell() noexcept : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), error_(errno) {}

Bell::~Bell() {
  if (descriptor_ >= 0) close(descriptor_);
}

Status Bell::status() const {
  if (descriptor_ >= 0) return {};
  return {StatusCode::kIo,
          "the system gives no file descriptor: " + std::generic_category().message(error_)};
}

// Not by write(), which is a cancellation point: track() rings.
void Bell::ring() noexcept {
  const std::uint64_t one = 1;
  syscall(SYS_write, descriptor_, &one, sizeof one);
}

void Bell::silence() noexcept {
  eventfd_t rings = 0;
  static_cast<void>(eventfd_read(descriptor_, &rings));
}

void Bell::wait_until(Clock::time_point deadline) noexcept {
  pollfd watched{descriptor_, POLLIN, 0};
  if (deadline == Clock::time_point::max()) {
    poll(&watched, 1, -1);
  } else {
    const auto now = Clock::now();
    // Of the clock's minimum there is no difference
    const auto left = deadline > now ? deadline - now : Clock::duration::zero();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    timespec until{};
    until.tv_sec = static_cast<std::time_t>(seconds.count());
    until.tv_nsec = static_cast<long>(std::chrono::nanoseconds(left - seconds).count());
    ppoll(&watched, 1, &until, nullptr);
  }
  silence();
}

}  // namespace penstock::transport
