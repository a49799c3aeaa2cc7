// Bytes from and to one client, with TLS or without, each wait bounded.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace penstock::gateway {

namespace net = boost::asio;

// OpenSSL works on the socket itself, and Asio only waits for it to be ready: through Asio's own
// TLS stream each byte would be copied twice more, and an idle connection would hold 68 KiB of
// buffers (docs/decisions/). The process must ignore SIGPIPE.
//
// One thread at a time: that of the socket's executor. One operation at a time.
class ByteStream {
 public:
  using Clock = std::chrono::steady_clock;

  // `tls` null: plain. Takes the socket over and makes it non-blocking.
  ByteStream(net::ip::tcp::socket socket, SSL_CTX* tls);

  // From now on, the operation that waits when this time has passed fails, and each after it, until
  // this is called again. Noticed by check_deadline().
  void expires_after(std::chrono::milliseconds time) noexcept;
  bool expired() const noexcept { return expired_; }

  // Of the thread's clock tick.
  void check_deadline(Clock::time_point now);
  // Fails the operation that waits, if one does.
  void cancel();
  // Ends the connection in both directions, at once.
  void abort();

  // Before handshake(): at least one byte of what is not encrypted, or 0 as read_some() says.
  net::awaitable<std::size_t> read_plain(std::span<char> to);

  // Call it once, before all that follows. False if the client speaks no TLS or none that we accept;
  // one that speaks plain HTTP is told so. Nothing to do, and true, without TLS.
  net::awaitable<bool> handshake();

  // Waits until read_some() may have something, without holding memory for it. False: it has
  // failed, or its time is over.
  net::awaitable<bool> wait_readable();

  // At least one byte, or 0: the client has ended, the connection has failed or its time is over.
  net::awaitable<std::size_t> read_some(char* to, std::size_t bytes_max);

  // All of it, or false.
  net::awaitable<bool> write(std::string_view bytes);

  // Says that nothing more comes. Then, if told to linger, takes in and forgets what the client
  // still sends, until it ends or time is over: otherwise the kernel would answer those bytes with
  // a reset, which makes the client lose what it has not read yet.
  net::awaitable<void> close(bool linger, std::chrono::milliseconds linger_timeout);

 private:
  enum class Need { kNothing, kReadable, kWritable, kFailed };
  struct Step {
    Need need = Need::kNothing;
    std::size_t bytes = 0;
  };
  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  Step try_read(char* to, std::size_t bytes_max);
  Step try_receive(char* to, std::size_t bytes_max);
  Step try_write(std::string_view bytes);
  Step try_handshake();
  Step tls_step(int result, std::size_t bytes);
  net::awaitable<bool> wait_for(Need need);

  net::ip::tcp::socket socket_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  Clock::time_point deadline_ = Clock::time_point::max();
  bool expired_ = false;
  bool spoke_plain_ = false;  // the client, where TLS was expected
  bool broken_ = false;       // nothing more can be written, not even an end
};

}  // namespace penstock::gateway
