#include "transport/channel.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "transport/tls_context.hpp"

namespace penstock::transport {
namespace {

std::string system_text(int error) { return std::generic_category().message(error); }

bool is_ip_address(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { freeaddrinfo(list); }
};

// The wire form of ALPN: a length, then the name. Without it a proxy may choose HTTP/2.
constexpr unsigned char kAlpn[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

// What a person can do about a certificate that did not pass.
const char* cure_for(long verify_result) {
  switch (verify_result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "renew it on the gateway, or set this machine's clock";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "see that this machine's clock is right";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the endpoint must have a name that is in the certificate";
    default:
      return "name its authority with ca_file, or install it into the system's (ca-certificates)";
  }
}

// What a call on `tls` that did not succeed waits for; 0 for nothing, it has failed.
short wanted_by(SSL* tls, int result) {
  switch (SSL_get_error(tls, result)) {
    case SSL_ERROR_WANT_READ:
      return POLLIN;
    case SSL_ERROR_WANT_WRITE:
      return POLLOUT;
    default:
      return 0;
  }
}

}  // namespace

// --- Opening ------------------------------------------------------------------------------------

int Channel::open(Clock::time_point deadline) {
  error_.clear();
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  if (is_ip_address(endpoint_.host)) hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure =
      getaddrinfo(endpoint_.host.c_str(), std::to_string(endpoint_.port).c_str(), &hints, &found);
  if (failure != 0) {
    const std::string why = failure == EAI_SYSTEM ? system_text(errno) : gai_strerror(failure);
    fail("the name \"" + endpoint_.host + "\" cannot be resolved: " + why);
    return -1;
  }
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);

  int left = 0;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) ++left;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next, --left) {
    // A fair share of the time for each address: one may swallow packets until the end of it.
    const auto now = Clock::now();
    if (connect_to(*each, now + (deadline - now) / left)) break;
    if (wait_.cancelled()) return -1;
  }
  if (socket_ < 0) return -1;
  if (context_ != nullptr && !start_tls(deadline)) {
    const int opened = socket_;
    close(false);
    ::close(opened);
    return -1;
  }
  return socket_;
}

bool Channel::connect_to(const addrinfo& address, Clock::time_point deadline) {
  socket_ = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ < 0) return fail("no socket: " + system_text(errno));
  const int yes = 1;
  // A body's last segment must not wait until the first ones are acknowledged.
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  const bool connected =
      connect(socket_, address.ai_addr, address.ai_addrlen) == 0 ||
      (errno == EINPROGRESS
           ? wait_connected(deadline)
           : fail("cannot connect to " + endpoint_.host_and_port() + ": " + system_text(errno)));
  if (connected) return true;
  ::close(socket_);
  socket_ = -1;
  return false;
}

bool Channel::wait_connected(Clock::time_point deadline) {
  if (!wait_for(POLLOUT, deadline, "connecting to ")) return false;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ||
         fail("cannot connect to " + endpoint_.host_and_port() + ": " + system_text(error));
}

bool Channel::start_tls(Clock::time_point deadline) {
  ERR_clear_error();
  tls_.reset(SSL_new(context_));
  if (!tls_ || SSL_set_fd(tls_.get(), socket_) != 1 || !expect_name()) {
    return fail("TLS cannot be set up: " + take_openssl_error("out of memory"));
  }
  for (;;) {
    errno = 0;
    const int done = SSL_connect(tls_.get());
    if (done == 1) return true;
    const short wanted = wanted_by(tls_.get(), done);
    if (wanted == 0) return fail(handshake_error());
    if (!wait_for(wanted, deadline, "the TLS handshake with ")) return false;
  }
}

bool Channel::expect_name() {
  if (SSL_set_alpn_protos(tls_.get(), kAlpn, sizeof kAlpn) != 0) return false;
  if (is_ip_address(endpoint_.host)) {  // which SNI does not allow
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_.get()), endpoint_.host.c_str()) == 1;
  }
  SSL_set_hostflags(tls_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // SSL_set_tlsext_host_name() without its cast; the name is copied.
  char* name = const_cast<char*>(endpoint_.host.c_str());
  return SSL_ctrl(tls_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name) == 1 &&
         SSL_set1_host(tls_.get(), name) == 1;
}

std::string Channel::handshake_error() {
  const int system_error = errno;
  const std::string who = endpoint_.host_and_port();
  const long verified = SSL_get_verify_result(tls_.get());
  if (verified != X509_V_OK && SSL_get_verify_mode(tls_.get()) != SSL_VERIFY_NONE) {
    ERR_clear_error();
    return "the certificate of " + who +
           " is not trusted: " + X509_verify_cert_error_string(verified) + "; " +
           cure_for(verified);
  }
  const std::string tls_error = take_openssl_error("");
  return "the TLS handshake with " + who + " failed: " +
         (!tls_error.empty()  ? tls_error
          : system_error != 0 ? system_text(system_error)
                              : "it was closed");
}

// --- Using --------------------------------------------------------------------------------------

void Channel::close(bool gracefully) noexcept {
  if (tls_ && gracefully) {
    ERR_clear_error();
    SSL_shutdown(
        tls_.get());  // once: sends our close_notify if the socket takes it, and waits for nothing
    ERR_clear_error();
  }
  tls_.reset();
  socket_ = -1;
}

bool Channel::alive() noexcept {
  char byte = 0;
  if (!tls_) return recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
  ERR_clear_error();
  const int peeked = SSL_peek(tls_.get(), &byte, 1);  // also takes in session tickets
  return peeked <= 0 && SSL_get_error(tls_.get(), peeked) == SSL_ERROR_WANT_READ;
}

void Channel::begin_exchange(Clock::time_point deadline, std::size_t read_bytes_max) noexcept {
  error_.clear();
  deadline_ = deadline;
  read_bytes_max_ = read_bytes_max;
  bytes_read_ = 0;
  timed_out_ = false;
}

std::ptrdiff_t Channel::try_read(char* out, std::size_t bytes_max, short& wanted) {
  errno = 0;
  if (!tls_) {
    const auto bytes = recv(socket_, out, bytes_max, 0);
    wanted = bytes < 0 && errno == EAGAIN ? POLLIN : 0;
    return bytes;
  }
  ERR_clear_error();
  std::size_t bytes = 0;
  const int done = SSL_read_ex(tls_.get(), out, bytes_max, &bytes);
  if (done == 1) return static_cast<std::ptrdiff_t>(bytes);
  wanted = wanted_by(tls_.get(), done);
  return SSL_get_error(tls_.get(), done) == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

std::ptrdiff_t Channel::try_write(const char* data, std::size_t bytes, short& wanted) {
  errno = 0;
  if (!tls_) {
    const auto written = send(socket_, data, bytes, MSG_NOSIGNAL);
    wanted = written < 0 && errno == EAGAIN ? POLLOUT : 0;
    return written;
  }
  ERR_clear_error();
  std::size_t written = 0;
  const int done = SSL_write_ex(tls_.get(), data, bytes, &written);
  if (done == 1) return static_cast<std::ptrdiff_t>(written);
  wanted = wanted_by(tls_.get(), done);
  return -1;
}

std::ptrdiff_t Channel::read(char* out, std::size_t bytes_max) {
  for (;;) {
    short wanted = 0;
    const std::ptrdiff_t bytes = try_read(out, bytes_max, wanted);
    if (bytes > 0) {
      bytes_read_ += static_cast<std::size_t>(bytes);
      if (bytes_read_ <= read_bytes_max_) return bytes;
      fail("the answer of " + endpoint_.host_and_port() + " is longer than " +
           std::to_string(read_bytes_max_) + " bytes");
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
  return fail("timeout: " + (what + endpoint_.host_and_port()) + " took too long");
}

std::string Channel::broken() {
  const int system_error = errno;
  // An end without TLS's own farewell: how a process that was killed closes.
  if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) return closed_early();
  const std::string tls_error = take_openssl_error("");
  if (tls_error.empty() && system_error == 0) return closed_early();
  return "the connection to " + endpoint_.host_and_port() +
         " broke: " + (tls_error.empty() ? system_text(system_error) : tls_error);
}

std::string Channel::closed_early() const {
  return endpoint_.host_and_port() + " closed the connection before the whole answer came";
}

bool Channel::fail(std::string why) {
  error_ = std::move(why);
  return false;
}

}  // namespace penstock::transport
