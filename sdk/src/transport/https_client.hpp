// Exchanges requests and answers with one gateway over a connection that is kept open. The only
// file with httplib.h.
//
// cpp-httplib writes requests and decodes bodies here, and nothing else: its own sockets bound each
// read rather than the exchange, cannot be interrupted during a TLS handshake, and say
// "verification failed" without the reason. So the bytes go through our Channel, and answer_head
// has judged an answer's head before httplib sees it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "penstock/options.hpp"
#include "penstock/status.hpp"
#include "transport/socket_wait.hpp"

namespace penstock::transport {

// Of an answer; a gateway's are far below (answer_head.hpp has the head's limit).
// A verdict takes 250 bytes at most, and each of wire::kBatchEventsMax events may have one.
inline constexpr std::size_t kAnswerBodyBytesMax = 512 * 1024;

struct HttpRequest {
  std::string_view method = "POST";
  std::string_view path;  // begins with '/'
  std::string_view body;
  std::string_view content_encoding = {};  // empty: none
  std::string_view if_none_match = {};     // empty: none
};

struct HttpAnswer {
  int status = 0;  // 0: no answer came, and `error` says why
  std::string body;
  std::string content_type;
  // The headers as they came; empty if there was none.
  std::string retry_after, etag, cache_control;
  std::string error;  // holds no byte of a key or body
};

// One thread at a time. Raises no signal.
class HttpsClient {
 public:
  // `options` have been checked, `wait` outlives the client. Connects to nothing yet, and reads no
  // file but those that `options` name. Fails with kInvalidOption (endpoint, proxy, and see
  // tls_context.hpp) or kOutOfMemory.
  static Result<std::unique_ptr<HttpsClient>> create(const Options& options, SocketWait& wait);
  ~HttpsClient();

  // One exchange, within connect_timeout if it has to connect (which takes in the name's
  // resolution, a proxy and TLS), and request_timeout. If a kept connection turns out to be closed,
  // it is repeated at once on a new one: that is no failure of the gateway. Redirects are answers
  // like others. Throws std::bad_alloc.
  HttpAnswer send(const HttpRequest& request);

  HttpAnswer post(std::string_view path, std::string_view body, std::string_view content_encoding) {
    return send({"POST", path, body, content_encoding});
  }
  // With `if_none_match` an answer may be 304, without a body.
  HttpAnswer get(std::string_view path, std::string_view if_none_match = {}) {
    return send({"GET", path, {}, {}, if_none_match});
  }

  const std::string& host_and_port() const noexcept;

 private:
  class Connection;
  explicit HttpsClient(std::unique_ptr<Connection> connection) noexcept;
  std::unique_ptr<Connection> connection_;
};

}  // namespace penstock::transport
