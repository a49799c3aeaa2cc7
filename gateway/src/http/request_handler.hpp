// What a connection does with a request. The pipeline implements it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string_view>

#include "body_reader.hpp"
#include "request.hpp"

namespace penstock::gateway {

// Any thread, many requests at the same time.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;

  // POST /v1/events or /v1/erasure. What `head` and `body` show lives until the coroutine has finished. It need
  // not read the body: a client that asked before sending it is then not told to go on. An
  // exception ends the connection without an answer.
  virtual net::awaitable<Answer> handle(RequestHead head, BodyReader& body) = 0;

  // The answer to what does not get as far as that: no HTTP, another path, too slow.
  virtual Answer refuse(const Problem& problem, std::string_view correlation_id) = 0;
};

}  // namespace penstock::gateway
