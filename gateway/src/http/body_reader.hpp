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
#include "http_settings.hpp"
#include "memory_budget.hpp"
#include "outcome.hpp"

namespace penstock::gateway {

// One thread at a time: that of the connection. `stream`, `settings` and what `arrived` shows must
// outlive it.
class BodyReader {
 public:
  // `arrived` is what came behind the head already: a part of the body, or all of it and more.
  BodyReader(ByteStream& stream, const ParsedHead& head, std::string_view arrived,
             const HttpSettings& settings);

  // The whole body, in memory that is spent as it arrives, and leased before: never more than
  // `bytes_max` and one read. Call it at most once. A client that waits for "100 Continue" gets it
  // now. Refuses with
  //   413 body_too_large    more than `bytes_max`
  //   400 bad_chunk         the framing is broken, or what it carries beside the body is too long
  //   400 incomplete_body   the client has ended before its end
  //   408 body_timeout      it took too long altogether, or came too slowly
  //   503 overloaded, 413   `lease` cannot grow; 413 if it never could
  net::awaitable<Outcome<std::string>> read(std::size_t bytes_max, MemoryLease& lease);

  // For the connection, once the answer is written ------------------------------------------------

  // Will another request follow on this connection, at a price worth paying for it? Not if much is
  // unread, or if the client may still decide not to send it.
  bool can_be_skipped() const noexcept;
  // Reads and forgets what is unread. Only if can_be_skipped(). False: the connection has ended.
  net::awaitable<bool> skip_rest();
  // What came behind the body: the next request's. Once the body is read or skipped.
  std::string_view overrun() const noexcept;

 private:
  net::awaitable<Outcome<std::string>> read_sized(std::size_t bytes, MemoryLease& lease);
  net::awaitable<Outcome<std::string>> read_chunked(std::size_t bytes_max, MemoryLease& lease);
  // At least a byte, or 0, within the time that the body has.
  net::awaitable<std::size_t> read_some(char* to, std::size_t bytes_max);
  Problem interrupted() const;

  ByteStream& stream_;
  std::string_view arrived_;  // not consumed yet
  std::string overrun_;       // of a chunked body: its end is found only by reading
  const HttpSettings& settings_;
  ByteStream::Clock::time_point begin_;  // of reading
  std::uint64_t received_ = 0;           // bytes since then
  std::uint64_t unread_;                 // of a body that is not chunked
  const bool chunked_;
  ChunkDecoder chunks_;
  bool expects_continue_;
};

}  // namespace penstock::gateway
