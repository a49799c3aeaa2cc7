// A whole request as it comes on a connection: a head, and behind it a body that is chunked,
// compressed, both or neither. What is refused says why; of what is taken each record is right
// (batch_check.hpp). The first byte says what the rest is:
//   r        the bytes as they came
//   other    a head and a body before it is encoded, in the way that the head says, in chunks of that many bytes: what no
//            random body gets to
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "batch_check.hpp"
#include "http/chunk_decoder.hpp"
#include "http/head_parser.hpp"

namespace {

using namespace penstock;
using namespace penstock::fuzz;
using namespace penstock::gateway;

constexpr std::size_t kBodyBytesMax = 64 * 1024;

std::string compressed(std::string_view coding, std::string_view body) {
  if (coding == "gzip") return gzipped(body);
  if (coding == "zstd") return zstandard(body);
  return std::string(body);
}

std::string in_chunks(std::string_view body, std::size_t chunk_bytes) {
  std::string chunks;
  while (!body.empty()) {
    const std::string_view chunk = body.substr(0, chunk_bytes);
    body.remove_prefix(chunk.size());
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
    chunks.append(size).append(chunk).append("\r\n");
  }
  return chunks + "0\r\n\r\n";
}

// As BodyReader does, without a connection; nothing if the body is not whole or too large.
std::optional<std::string> body_of(const ParsedHead& parsed, std::string bytes) {
  if (!parsed.chunked) {
    if (parsed.body_bytes > bytes.size() || parsed.body_bytes > kBodyBytesMax) return std::nullopt;
    bytes.resize(parsed.body_bytes);
    return bytes;
  }
  ChunkDecoder decoder;
  const auto result = decoder.decode(bytes.data(), bytes.size());
  if (!decoder.done()) return std::nullopt;
  bytes.resize(result.payload);
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto end = input.find("\r\n\r\n");
  if (end == input.npos) return 0;
  const std::string head = input.substr(0, end + 4);
  const auto parsed = parse_head(head);
  if (!parsed) return 0;

  std::string sent = input.substr(end + 4);
  ParsedHead announced = *parsed;
  if (data[0] != 'r') {
    sent = compressed(parsed->head.content_encoding, sent);
    announced.body_bytes = sent.size();
    if (parsed->chunked) sent = in_chunks(sent, 1 + data[0]);
  }
  auto body = body_of(announced, std::move(sent));
  PENSTOCK_CHECK(body || data[0] == 'r' || announced.body_bytes > kBodyBytesMax);
  if (!body) return 0;
  const Decoded decoded = decode(announced.head, std::move(*body));
  if (!decoded) {
    check_problem(decoded.error());
    return 0;
  }
  check_decoded(**decoded);
  check_stages(**decoded);
  return 0;
}
