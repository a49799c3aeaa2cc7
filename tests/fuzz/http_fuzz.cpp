// Any bytes as a request's head, and as chunks: a head that is taken points into its own bytes, and
// chunks mean the same however the network cuts them.
#include <cstddef>
#include <cstdint>
#include <string>

#include "check.hpp"
#include "http/chunk_decoder.hpp"
#include "http/head_parser.hpp"

namespace {

using namespace penstock::gateway;

void check_head(std::string_view bytes) {
  const auto parsed = parse_head(bytes);
  if (!parsed) {
    PENSTOCK_CHECK(parsed.error().status >= 400 && parsed.error().status < 600);
    return;
  }
  PENSTOCK_CHECK(!(parsed->chunked && parsed->body_bytes != 0));
}

struct Decoded {
  std::string payload;
  std::size_t consumed = 0;
  bool done = false, failed = false;
  bool operator==(const Decoded&) const = default;
};

// Fed in pieces of `piece` bytes.
Decoded decode(std::string_view bytes, std::size_t piece) {
  ChunkDecoder decoder;
  Decoded decoded;
  while (decoded.consumed < bytes.size() && !decoder.done() && !decoder.failed()) {
    std::string part(bytes.substr(decoded.consumed, piece));
    const auto result = decoder.decode(part.data(), part.size());
    PENSTOCK_CHECK(result.payload <= result.consumed && result.consumed <= part.size());
    PENSTOCK_CHECK(result.consumed == part.size() || decoder.done() || decoder.failed());
    decoded.payload.append(part, 0, result.payload);
    decoded.consumed += result.consumed;
  }
  decoded.done = decoder.done();
  decoded.failed = decoder.failed();
  return decoded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_head(bytes);
  const Decoded whole = decode(bytes, bytes.size() + 1);
  PENSTOCK_CHECK(decode(bytes, 1) == whole);
  PENSTOCK_CHECK(decode(bytes, 7) == whole);
  return 0;
}
