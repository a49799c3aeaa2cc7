// The body of one request, read when a stage asks for it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "byte_stream.hpp"
#include "chunk_decoder.hpp"
#include "head_parser.hpp"
#include "outcome.hpp"

namespace penstock::gateway {

// One thread at a time: that of the connection. `stream` and what `arrived` shows must outlive it.
class BodyReader {
 public:
  // `arrived` is what came behind the head already: a part of the body, or all of it and more.
  BodyReader(ByteStream& stream, const ParsedHead& head, std::string_view arrived,
             std::chrono::milliseconds timeout);

  // The whole body, in memory that is spent as it arrives: never more than `bytes_max` and one
  // read. Call it at most once. A client that waits for "100 Continue" gets it now. Refuses with
  //   413 body_too_large    more than `bytes_max`
  //   400 bad_chunk         the framing is broken, or what it carries beside the body is too long
  //   400 incomplete_body   the client has ended before its end
  //   408 body_timeout      it took too long altogether, however steadily it came
  net::awaitable<Outcome<std::string>> read(std::size_t bytes_max);

  // For the connection, once the answer is written ------------------------------------------------

  // Will another request follow on this connection, at a price worth paying for it? Not if much is
  // unread, or if the client may still decide not to send it.
  bool can_be_skipped() const noexcept;
  // Reads and forgets what is unread. Only if can_be_skipped(). False: the connection has ended.
  net::awaitable<bool> skip_rest();
  // What came behind the body: the next request's. Once the body is read or skipped.
  std::string_view overrun() const noexcept;

 private:
  net::awaitable<Outcome<std::string>> read_sized(std::size_t bytes);
  net::awaitable<Outcome<std::string>> read_chunked(std::size_t bytes_max);
  Problem interrupted() const;

  ByteStream& stream_;
  std::string_view arrived_;  // not consumed yet
  std::string overrun_;       // of a chunked body: its end is found only by reading
  const std::chrono::milliseconds timeout_;
  std::uint64_t unread_;  // of a body that is not chunked
  const bool chunked_;
  ChunkDecoder chunks_;
  bool expects_continue_;
};

}  // namespace penstock::gateway
