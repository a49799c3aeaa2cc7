#include "chunk_decoder.hpp"

#include <algorithm>
#include <cstring>

#include "wire/hex.hpp"

namespace penstock::gateway {
namespace {

// No client that we know sends either; enough for one that signs its body in a trailer.
constexpr std::size_t kSkippedBytesMax = 4096;
// Larger than any body may be, and far from overflow.
constexpr std::uint64_t kChunkBytesMax = std::uint64_t{1} << 48;
// As many as 64 bits have: some clients write zeros in front, to a fixed width.
constexpr std::size_t kSizeDigitsMax = 16;

}  // namespace

ChunkDecoder::Result ChunkDecoder::decode(char* data, std::size_t bytes) noexcept {
  Result result;
  while (result.consumed < bytes && !done() && !failed()) {
    if (state_ != State::kData) {
      state_ = after(data[result.consumed++]);
      continue;
    }
    const auto piece =
        static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, bytes - result.consumed));
    std::memmove(data + result.payload, data + result.consumed, piece);
    result.payload += piece;
    result.consumed += piece;
    chunk_left_ -= piece;
    if (chunk_left_ == 0) state_ = State::kDataCr;
  }
  return result;
}

ChunkDecoder::State ChunkDecoder::after(char c) noexcept {
  switch (state_) {
    case State::kSizeBegin:
      chunk_left_ = 0;
      size_digits_ = 0;
      return after_size_digit(wire::hex_value(c));
    case State::kSize:
      if (c == '\r') return State::kSizeLf;
      if (c == ';') return State::kExtension;
      return after_size_digit(wire::hex_value(c));
    case State::kExtension:
      return skip(c, State::kExtension, State::kSizeLf);
    case State::kSizeLf:
      if (c != '\n') return State::kFailed;
      return chunk_left_ == 0 ? State::kTrailerBegin : State::kData;
    case State::kDataCr:
      return c == '\r' ? State::kDataLf : State::kFailed;
    case State::kDataLf:
      return c == '\n' ? State::kSizeBegin : State::kFailed;
    case State::kTrailerBegin:
      return c == '\r' ? State::kLastLf : skip(c, State::kTrailer, State::kFailed);
    case State::kTrailer:
      return skip(c, State::kTrailer, State::kTrailerLf);
    case State::kTrailerLf:
      return c == '\n' ? State::kTrailerBegin : State::kFailed;
    case State::kLastLf:
      return c == '\n' ? State::kDone : State::kFailed;
    case State::kData:
    case State::kDone:
    case State::kFailed:
      break;
  }
  return state_;
}

ChunkDecoder::State ChunkDecoder::after_size_digit(int digit) noexcept {
  if (digit < 0 || ++size_digits_ > kSizeDigitsMax || chunk_left_ > kChunkBytesMax)
    return State::kFailed;
  chunk_left_ = chunk_left_ * 16 + static_cast<unsigned>(digit);
  return State::kSize;
}

// One byte of a line that means nothing to us; `line_feed` is what its CR leads to.
ChunkDecoder::State ChunkDecoder::skip(char c, State line, State line_feed) noexcept {
  if (c == '\r') return line_feed;
  return ++skipped_ > kSkippedBytesMax || c == '\n' ? State::kFailed : line;
}

}  // namespace penstock::gateway
