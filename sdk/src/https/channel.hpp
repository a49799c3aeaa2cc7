// A byte stream to the gateway, plain or TLS, in which every wait has an end: a deadline, or
// cancel().
//
//   connect(address)                  the gateway, or a proxy on the way
//   [start_tls(…, proxy)]             an HTTPS proxy
//   [tunnel.hpp]                      by read() and write()
//   [start_tls(…, gateway)]
//   begin_exchange(), write(), read()
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "https/endpoint.hpp"
#include "https/resolver.hpp"
#include "https/socket_wait.hpp"
#include "https/tls_session.hpp"

namespace penstock::https {

// One thread at a time. Raises no signal. A method that fails leaves a text in error() that says
// what and where.
class Channel {
 public:
  explicit Channel(SocketWait& wait) noexcept : wait_(wait), resolver_(wait) {}  // outlives it
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // Resolves the name and connects to the first of its addresses that answers. `deadline` bounds
  // this, and what is read and written until begin_exchange(). Closes what was open.
  bool connect(const Endpoint& address, Clock::time_point deadline);

  // Shakes hands with `peer`, over what is there already; its certificate and the name in it have
  // been verified when this returns. At most twice.
  bool start_tls(SslHandle tls, const Endpoint& peer);

  // With `gracefully`, tells the other side first, without waiting for it.
  void close(bool gracefully) noexcept;
  bool is_open() const noexcept { return socket_ >= 0; }

  // False if the other side has closed the connection, or says something without being asked.
  bool alive() noexcept;

  // From now on reads and writes end at `deadline`, and at most `read_bytes_max` bytes are read.
  void begin_exchange(Clock::time_point deadline, std::size_t read_bytes_max) noexcept;

  // Some bytes; 0 at the end of the stream, -1 on failure.
  std::ptrdiff_t read(char* out, std::size_t bytes_max);
  // All bytes, or false.
  bool write(const char* data, std::size_t bytes);

  std::size_t bytes_read() const noexcept { return bytes_read_; }  // in this exchange
  bool timed_out() const noexcept { return timed_out_; }           // at the exchange's deadline
  const std::string& peer() const noexcept { return peer_; }  // "host:port", of whom we talk to
  SSL* tls() const noexcept { return tls_ ? tls_->handle() : nullptr; }

  const std::string& error() const noexcept { return error_; }
  bool fail(std::string why);  // false

 private:
  bool connect_to(const addrinfo& address, Clock::time_point deadline);
  bool wait_connected(Clock::time_point deadline);
  std::ptrdiff_t try_read(char* out, std::size_t bytes_max, short& wanted);
  std::ptrdiff_t try_write(const char* data, std::size_t bytes, short& wanted);
  // False, with a text, unless the socket became ready.
  bool wait_for(short events, Clock::time_point deadline, const char* what);
  bool handshake_failed();
  std::string broken();
  std::string closed_early() const;

  SocketWait& wait_;
  Resolver resolver_;
  int socket_ = -1;
  std::unique_ptr<TlsSession> below_;  // with a proxy
  std::unique_ptr<TlsSession> tls_;    // the innermost, over below_ if that is there
  std::string peer_;
  Clock::time_point deadline_{};
  std::size_t read_bytes_max_ = 0;
  std::size_t bytes_read_ = 0;
  bool timed_out_ = false;
  std::string error_;
};

}  // namespace penstock::https
