#include "https/channel.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace penstock::https {
namespace {

// Of a proxy's answers and of handshakes, which are small.
constexpr std::size_t kOpeningBytesMax = 256 * 1024;

std::string system_text(int error) { return std::generic_category().message(error); }

}  // namespace

Channel::~Channel() { close(true); }

// --- Opening ------------------------------------------------------------------------------------

bool Channel::connect(const Endpoint& address, Clock::time_point deadline) {
  close(false);
  begin_exchange(deadline, kOpeningBytesMax);
  peer_ = address.host_and_port();
  const AddressList addresses = resolver_.resolve(address.host, address.port, deadline, error_);
  if (!addresses) return false;

  int left = 0;
  for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) ++left;
  for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next, --left) {
    // A fair share of the time for each address: one may swallow packets until the end of it.
    const auto now = Clock::now();
    if (connect_to(*each, now + (deadline - now) / left)) return true;
    if (wait_.cancelled()) return false;
  }
  return false;
}

bool Channel::connect_to(const addrinfo& address, Clock::time_point deadline) {
  socket_ = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ < 0) return fail("no socket: " + system_text(errno));
  const int yes = 1;
  // A body's last segment must not wait until the first ones are acknowledged.
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  // After EINTR it goes on by itself, as after EINPROGRESS.
  const bool connected = ::connect(socket_, address.ai_addr, address.ai_addrlen) == 0 ||
                         (errno == EINPROGRESS || errno == EINTR
                              ? wait_connected(deadline)
                              : fail("cannot connect to " + peer_ + ": " + system_text(errno)));
  if (!connected) close(false);
  return connected;
}

bool Channel::wait_connected(Clock::time_point deadline) {
  if (!wait_for(POLLOUT, deadline, "connecting to ")) return false;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 || fail("cannot connect to " + peer_ + ": " + system_text(error));
}

bool Channel::start_tls(SslHandle tls, const Endpoint& peer) {
  peer_ = peer.host_and_port();
  auto session = std::make_unique<TlsSession>(std::move(tls), peer.host);
  below_ = std::exchange(tls_, std::move(session));
  if (!(below_ ? tls_->over(*below_) : tls_->over(socket_))) {
    return fail("TLS with " + peer_ + " cannot be set up: " + tls_->take_failure(ENOMEM));
  }
  for (;;) {
    short wanted = 0;
    if (tls_->shake_hands(wanted)) return true;
    if (wanted == 0) return handshake_failed();
    if (!wait_for(wanted, deadline_, "the TLS handshake with ")) return false;
  }
}

bool Channel::handshake_failed() {
  const std::string why = tls_->take_failure(errno);
  const std::string problem = tls_->certificate_problem();
  if (!problem.empty()) return fail("the certificate of " + peer_ + " is not trusted: " + problem);
  // What comes back is not TLS.
  const char* const cure =
      why == "wrong version number" ? "; that port speaks no TLS, give one that does" : "";
  return fail("the TLS handshake with " + peer_ + " failed: " + (why.empty() ? "closed" : why) +
              cure);
}

// --- Using --------------------------------------------------------------------------------------

void Channel::close(bool gracefully) noexcept {
  if (tls_ && gracefully) tls_->say_farewell();
  tls_.reset();  // first: it is over the one below
  below_.reset();
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

bool Channel::alive() noexcept {
  if (tls_) return tls_->quiet();
  char byte = 0;
  return recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

void Channel::begin_exchange(Clock::time_point deadline, std::size_t read_bytes_max) noexcept {
  error_.clear();
  deadline_ = deadline;
  read_bytes_max_ = read_bytes_max;
  bytes_read_ = 0;
  timed_out_ = false;
}

std::ptrdiff_t Channel::try_read(char* out, std::size_t bytes_max, short& wanted) {
  if (tls_) return tls_->read(out, bytes_max, wanted);
  const auto bytes = recv(socket_, out, bytes_max, 0);
  wanted = bytes < 0 && (errno == EAGAIN || errno == EINTR) ? POLLIN : 0;
  return bytes;
}

std::ptrdiff_t Channel::try_write(const char* data, std::size_t bytes, short& wanted) {
  if (tls_) return tls_->write(data, bytes, wanted);
  const auto written = send(socket_, data, bytes, MSG_NOSIGNAL);
  wanted = written < 0 && (errno == EAGAIN || errno == EINTR) ? POLLOUT : 0;
  return written;
}

std::ptrdiff_t Channel::read(char* out, std::size_t bytes_max) {
  for (;;) {
    short wanted = 0;
    const std::ptrdiff_t bytes = try_read(out, bytes_max, wanted);
    if (bytes > 0) {
      bytes_read_ += static_cast<std::size_t>(bytes);
      if (bytes_read_ <= read_bytes_max_) return bytes;
      fail("the answer of " + peer_ + " is longer than " + std::to_string(read_bytes_max_) +
           " bytes");
      return -1;
    }
    if (bytes == 0) {
      fail(closed_early());
      return 0;
    }
    if (wanted == 0) fail(broken());
    if (wanted == 0 || !wait_for(wanted, deadline_, "the answer of ")) return -1;
  }
}

bool Channel::write(const char* data, std::size_t bytes) {
  while (bytes > 0) {
    short wanted = 0;
    const std::ptrdiff_t written = try_write(data, bytes, wanted);
    if (written >= 0) {
      data += written;
      bytes -= static_cast<std::size_t>(written);
      continue;
    }
    if (wanted == 0) return fail(broken());
    if (!wait_for(wanted, deadline_, "sending to ")) return false;
  }
  return true;
}

// --- Waiting and failing ------------------------------------------------------------------------

bool Channel::wait_for(short events, Clock::time_point deadline, const char* what) {
  // A server that sends a byte at a time is always ready in time: the deadline is for all of them
  // together.
  const Wake wake =
      Clock::now() < deadline ? wait_.wait(socket_, events, deadline) : Wake::kDeadline;
  if (wake == Wake::kReady) return true;
  if (wake == Wake::kCancelled) return fail("cancelled: the client is closing");
  timed_out_ = true;
  return fail("timeout: " + (what + peer_) + " took too long");
}

std::string Channel::broken() {
  const int system_error = errno;
  const std::string why = tls_ ? tls_->take_failure(system_error) : system_text(system_error);
  return why.empty() ? closed_early() : "the connection to " + peer_ + " broke: " + why;
}

std::string Channel::closed_early() const {
  return peer_ + " closed the connection before the whole answer came";
}

bool Channel::fail(std::string why) {
  error_ = std::move(why);
  return false;
}

}  // namespace penstock::https
