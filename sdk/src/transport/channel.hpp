// A byte stream to the gateway, plain or TLS, in which every wait has an end: a deadline, or
// cancel().
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>

#include "transport/endpoint.hpp"
#include "transport/socket_wait.hpp"

struct addrinfo;

namespace penstock::transport {

// One thread at a time, and that thread must have SIGPIPE blocked: OpenSSL writes to sockets
// without MSG_NOSIGNAL.
//
// The socket belongs to the caller of open(), who closes it behind close(). A method that fails
// leaves a text in error() that says what and where.
class Channel {
 public:
  // `context` is null for plain TCP. All three outlive the channel.
  Channel(const Endpoint& endpoint, SSL_CTX* context, SocketWait& wait) noexcept
      : endpoint_(endpoint), context_(context), wait_(wait) {}

  // Resolves the name, connects to the first of its addresses that answers, and shakes hands; the
  // certificate and the name in it have been verified when this returns. Returns the socket, or -1.
  // `deadline` bounds all but the resolver, which cannot be interrupted and has bounds of its own
  // (resolv.conf).
  int open(Clock::time_point deadline);

  // Forgets the socket. With `gracefully`, tells the other side first, without waiting for it.
  void close(bool gracefully) noexcept;

  // False if the other side has closed the connection, or says something without being asked.
  bool alive() noexcept;

  // From now on reads and writes end at `deadline`, and at most `read_bytes_max` bytes are read.
  void begin_exchange(Clock::time_point deadline, std::size_t read_bytes_max) noexcept;

  // Some bytes; 0 at the end of the stream, -1 on failure.
  std::ptrdiff_t read(char* out, std::size_t bytes_max);
  // All bytes, or false.
  bool write(const char* data, std::size_t bytes);

  int socket() const noexcept { return socket_; }
  std::size_t bytes_read() const noexcept { return bytes_read_; }  // in this exchange
  bool timed_out() const noexcept { return timed_out_; }           // at the exchange's deadline
  const std::string& error() const noexcept { return error_; }

 private:
  struct FreeSsl {
    void operator()(SSL* tls) const noexcept { SSL_free(tls); }
  };

  bool connect_to(const addrinfo& address, Clock::time_point deadline);
  bool wait_connected(Clock::time_point deadline);
  bool start_tls(Clock::time_point deadline);
  bool expect_name();
  std::ptrdiff_t try_read(char* out, std::size_t bytes_max, short& wanted);
  std::ptrdiff_t try_write(const char* data, std::size_t bytes, short& wanted);
  // False, with a text, unless the socket became ready.
  bool wait_for(short events, Clock::time_point deadline, const char* what);
  bool fail(std::string why);
  std::string handshake_error();
  std::string broken();
  std::string closed_early() const;

  const Endpoint& endpoint_;
  SSL_CTX* const context_;
  SocketWait& wait_;
  int socket_ = -1;
  std::unique_ptr<SSL, FreeSsl> tls_;
  Clock::time_point deadline_{};
  std::size_t read_bytes_max_ = 0;
  std::size_t bytes_read_ = 0;
  bool timed_out_ = false;
  std::string error_;
};

}  // namespace penstock::transport
