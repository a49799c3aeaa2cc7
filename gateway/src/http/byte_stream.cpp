#include "byte_stream.hpp"

#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <new>

namespace penstock::gateway {
namespace {

constexpr auto kNoThrow = net::as_tuple(net::use_awaitable);
constexpr std::string_view kThisIsHttps =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 43\r\n"
    "Connection: close\r\n\r\n"
    "this port speaks HTTPS: use an https: URL\r\n";

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

// SSL_get_error() wants no earlier error to be left. ERR_clear_error() goes through all the places
// for one, also if there is none: 1,400 instructions.
void forget_errors() noexcept {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

}  // namespace

ByteStream::ByteStream(net::ip::tcp::socket socket, SSL_CTX* tls) : socket_(std::move(socket)) {
  boost::system::error_code ignored;  // a socket that failed already says so at the first read
  socket_.native_non_blocking(true, ignored);
  if (tls == nullptr) return;
  ssl_.reset(SSL_new(tls));
  if (ssl_ == nullptr || SSL_set_fd(ssl_.get(), socket_.native_handle()) != 1)
    throw std::bad_alloc();
  SSL_set_accept_state(ssl_.get());
}

void ByteStream::expires_after(std::chrono::milliseconds time) noexcept {
  deadline_ = Clock::now() + time;
  expired_ = false;
}

void ByteStream::check_deadline(Clock::time_point now) {
  if (now < deadline_ || expired_) return;
  expired_ = true;
  cancel();
}

void ByteStream::cancel() {
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void ByteStream::abort() {
  broken_ = true;
  ::shutdown(socket_.native_handle(), SHUT_RDWR);
  cancel();
}

net::awaitable<bool> ByteStream::wait_for(Need need) {
  if (need == Need::kFailed || expired_ || broken_) co_return false;
  const auto what =
      need == Need::kReadable ? net::socket_base::wait_read : net::socket_base::wait_write;
  const auto [error] = co_await socket_.async_wait(what, kNoThrow);
  co_return !error && !expired_;
}

net::awaitable<std::size_t> ByteStream::read_plain(std::span<char> to) {
  for (;;) {
    const Step step = try_receive(to.data(), to.size());
    if (step.need == Need::kNothing) co_return step.bytes;
    const bool ready = co_await wait_for(step.need);
    if (!ready) co_return 0;
  }
}

net::awaitable<bool> ByteStream::handshake() {
  if (ssl_ == nullptr) co_return true;
  for (;;) {
    const Step step = try_handshake();
    if (step.need == Need::kNothing) co_return true;
    const bool ready = co_await wait_for(step.need);
    if (!ready) co_return false;
  }
}

net::awaitable<bool> ByteStream::wait_readable() {
  if (ssl_ != nullptr && SSL_has_pending(ssl_.get()) == 1) co_return true;
  const bool ready = co_await wait_for(Need::kReadable);
  co_return ready;
}

net::awaitable<std::size_t> ByteStream::read_some(char* to, std::size_t bytes_max) {
  for (;;) {
    const Step step = try_read(to, bytes_max);
    if (step.need == Need::kNothing) co_return step.bytes;
    const bool ready = co_await wait_for(step.need);
    if (!ready) co_return 0;
  }
}

net::awaitable<bool> ByteStream::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const Step step = try_write(bytes);
    bytes.remove_prefix(step.bytes);
    if (step.need == Need::kNothing) continue;
    const bool ready = co_await wait_for(step.need);
    if (!ready) co_return false;
  }
  co_return true;
}

net::awaitable<void> ByteStream::close(bool linger, std::chrono::milliseconds linger_timeout) {
  if (broken_) co_return;
  if (ssl_ != nullptr) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  ::shutdown(socket_.native_handle(), SHUT_WR);
  if (!linger && !spoke_plain_) co_return;
  expires_after(linger_timeout);
  std::array<char, 4096> unwanted;
  for (;;) {
    const auto bytes =
        ::recv(socket_.native_handle(), unwanted.data(), unwanted.size(), MSG_DONTWAIT);
    if (bytes == 0 || (bytes < 0 && !would_block())) co_return;
    if (bytes > 0 && Clock::now() < deadline_) continue;
    const bool ready = co_await wait_for(Need::kReadable);
    if (!ready) co_return;
  }
}

ByteStream::Step ByteStream::try_read(char* to, std::size_t bytes_max) {
  std::size_t bytes = 0;
  if (ssl_ != nullptr) {
    forget_errors();
    const int result = SSL_read_ex(ssl_.get(), to, bytes_max, &bytes);
    return tls_step(result, bytes);
  }
  return try_receive(to, bytes_max);
}

ByteStream::Step ByteStream::try_receive(char* to, std::size_t bytes_max) {
  const auto result = ::recv(socket_.native_handle(), to, bytes_max, MSG_DONTWAIT);
  if (result > 0) return {Need::kNothing, static_cast<std::size_t>(result)};
  if (result < 0 && would_block()) return {Need::kReadable};
  if (result < 0) broken_ = true;
  return {Need::kFailed};
}

ByteStream::Step ByteStream::try_write(std::string_view bytes) {
  std::size_t written = 0;
  if (ssl_ != nullptr) {
    forget_errors();
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
    return tls_step(result, written);
  }
  const auto result =
      ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (result >= 0) return {Need::kNothing, static_cast<std::size_t>(result)};
  if (would_block()) return {Need::kWritable};
  broken_ = true;
  return {Need::kFailed};
}

ByteStream::Step ByteStream::try_handshake() {
  ERR_clear_error();
  const Step step = tls_step(SSL_do_handshake(ssl_.get()), 0);
  if (step.need == Need::kFailed && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST) {
    ::send(socket_.native_handle(), kThisIsHttps.data(), kThisIsHttps.size(),
           MSG_DONTWAIT | MSG_NOSIGNAL);
    // The socket is whole: what the client still sends is taken in by close(), or its reset would
    // overtake the answer.
    ssl_.reset();
    broken_ = false;
    spoke_plain_ = true;
  }
  return step;
}

ByteStream::Step ByteStream::tls_step(int result, std::size_t bytes) {
  if (result == 1) return {Need::kNothing, bytes};
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {Need::kReadable};
    case SSL_ERROR_WANT_WRITE:
      return {Need::kWritable};
    case SSL_ERROR_ZERO_RETURN:
      return {Need::kFailed};  // the client has said its end; we can still write
    default:
      broken_ = true;  // after this OpenSSL allows no further call
      return {Need::kFailed};
  }
}

}  // namespace penstock::gateway
