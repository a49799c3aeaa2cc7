// Posts request bodies to one gateway over a connection that is kept open. The only file with
// httplib.h.
//
// cpp-httplib speaks HTTP here and nothing else: its own sockets bound each read rather than the
// exchange, cannot be interrupted during a TLS handshake, and say "verification failed" without the
// reason. So the bytes go through our Channel, by the virtual functions of its ClientImpl.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "penstock/options.hpp"
#include "penstock/status.hpp"
#include "transport/socket_wait.hpp"

namespace penstock::transport {

// Of an answer; a gateway's are far below. Head: so many for headers.
// A verdict takes 250 bytes at most, and each of wire::kBatchEventsMax events may have one.
inline constexpr std::size_t kAnswerBodyBytesMax = 512 * 1024;
inline constexpr std::size_t kAnswerHeadBytesMax = 16 * 1024;

struct HttpAnswer {
  int status = 0;  // 0: no answer came, and `error` says why
  std::string body;
  std::string content_type;
  std::string retry_after;  // the header as it came; empty if there was none
  std::string error;        // holds no byte of a key or body
};

// One thread at a time (with SIGPIPE blocked, see Channel).
class HttpsClient {
 public:
  // `options` have been checked, `wait` outlives the client. Connects to nothing yet. Fails with
  // kInvalidOption (endpoint, ca_file) or kOutOfMemory.
  static Result<std::unique_ptr<HttpsClient>> create(const Options& options, SocketWait& wait);
  ~HttpsClient();

  // One exchange, within connect_timeout if it has to connect, and request_timeout. If a kept
  // connection turns out to be closed, it is repeated at once on a new one: that is no failure of
  // the gateway. Redirects are answers like others. Throws std::bad_alloc.
  HttpAnswer post(std::string_view path, std::string_view body, std::string_view content_encoding);

  const std::string& host_and_port() const noexcept;

 private:
  class Connection;
  explicit HttpsClient(std::unique_ptr<Connection> connection) noexcept;
  std::unique_ptr<Connection> connection_;
};

}  // namespace penstock::transport
