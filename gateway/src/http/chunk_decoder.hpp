// Takes the framing of "Transfer-Encoding: chunked" away (RFC 9112, 7.1).
#pragma once

#include <cstddef>
#include <cstdint>

namespace penstock::gateway {

// Strict, because where two readers of one stream disagree about a length, one client can smuggle
// a request into another's: sizes are hex digits alone, every line ends with CR LF. Extensions and
// trailers are skipped, and bounded. Never holds bytes back, so it needs no buffer.
class ChunkDecoder {
 public:
  struct Result {
    std::size_t payload = 0;   // bytes of the body, now at the front of `data`
    std::size_t consumed = 0;  // less than `bytes` only once done() or failed()
  };

  // Decodes in place.
  Result decode(char* data, std::size_t bytes) noexcept;

  bool done() const noexcept { return state_ == State::kDone; }
  bool failed() const noexcept { return state_ == State::kFailed; }

 private:
  enum class State : std::uint8_t {
    kSizeBegin,  // a digit must come
    kSize,
    kExtension,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerBegin,  // at the begin of a trailer's line, or of the empty one that ends all
    kTrailer,
    kTrailerLf,
    kLastLf,
    kDone,
    kFailed,
  };

  State after(char c) noexcept;
  State after_size_digit(int digit) noexcept;
  State skip(char c, State line, State line_feed) noexcept;

  State state_ = State::kSizeBegin;
  std::uint64_t chunk_left_ = 0;
  std::size_t size_digits_ = 0;  // of the size that is being read
  std::size_t skipped_ = 0;      // bytes of extensions and trailers so far
};

}  // namespace penstock::gateway
