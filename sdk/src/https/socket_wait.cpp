#include "https/socket_wait.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>

#include "https/tls_gate.hpp"

namespace penstock::https {
namespace {

// Rounded up, so that a wait never ends before its time and spins.
int poll_milliseconds(Clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

}  // namespace

SocketWait::SocketWait() noexcept
    : cancel_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), error_(errno) {}

SocketWait::~SocketWait() {
  if (cancel_fd_ >= 0) close(cancel_fd_);
}

Status SocketWait::status() const {
  if (cancel_fd_ >= 0) return {};
  return {StatusCode::kIo,
          "the system gives no file descriptor: " + std::generic_category().message(error_)};
}

Wake SocketWait::wait(int fd, short events, Clock::time_point deadline) {
  const OutsideTls waiting;
  for (;;) {
    const Clock::time_point next_duty = duty_ != nullptr ? duty_->while_waiting() : deadline;
    // poll() passes over a descriptor of -1
    const int bell = duty_ != nullptr ? duty_->bell() : -1;
    pollfd watched[3] = {{cancel_fd_, POLLIN, 0}, {fd, events, 0}, {bell, POLLIN, 0}};
    const int ready = poll(watched, 3, poll_milliseconds(std::min(deadline, next_duty)));
    if (ready > 0 && watched[0].revents != 0) return Wake::kCancelled;
    if (ready > 0 && watched[1].revents != 0) return Wake::kReady;
    if (ready < 0 && errno != EINTR)
      return Wake::kReady;  // the read or write that follows says what is wrong
    if (Clock::now() >= deadline) return Wake::kDeadline;
  }
}

void SocketWait::cancel() noexcept {
  cancelled_for_good_.store(true);
  interrupt();
}

void SocketWait::interrupt() noexcept { eventfd_write(cancel_fd_, 1); }

void SocketWait::resume() noexcept {
  eventfd_t interrupts = 0;
  static_cast<void>(eventfd_read(cancel_fd_, &interrupts));
  if (cancelled_for_good_.load()) interrupt();  // it came meanwhile, or was among them
}

bool SocketWait::cancelled() const noexcept {
  pollfd watched{cancel_fd_, POLLIN, 0};
  return poll(&watched, 1, 0) > 0;
}

}  // namespace penstock::https
