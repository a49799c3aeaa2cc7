// The bytes before a body to a RequestHead, and how the body is framed.
#pragma once

#include <cstdint>
#include <string_view>

#include "outcome.hpp"

namespace penstock::gateway {

struct ParsedHead {
  RequestHead head;  // points into what was parsed
  bool chunked = false;
  std::uint64_t body_bytes = 0;   // if not chunked
  bool expects_continue = false;  // the client waits to be told before it sends the body
  bool keep_alive = false;        // may another request follow?
  // X-Forwarded-For as the last proxy wrote it: the last one, where there are several. Anybody can
  // send it.
  std::string_view forwarded_for = {};
};

// `bytes`: a whole head with its empty line. Beast's parser, and stricter where two readers could
// understand one request differently (RFC 9112, 11.2): Transfer-Encoding must be exactly "chunked"
// and alone, Content-Length and what decides about a request may come once, a folded line and
// HTTP/1.1 without Host are refused. Refuses with
//   400 bad_request          is not HTTP/1.1 or 1.0; the detail says what is wrong
//   417 expectation_failed   expects something other than 100-continue
// Any thread.
Outcome<ParsedHead> parse_head(std::string_view bytes);

}  // namespace penstock::gateway
