// Bytes as they come on a connection: a head, and behind it a chunked body. A head that is accepted
// is framed as the plainest reader of lines understands it, so that no proxy in front can be made
// to see another request than ours; a cut one is never accepted. A body is the same however its
// bytes were cut on the way.
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "check.hpp"
#include "http/chunk_decoder.hpp"
#include "http/head_parser.hpp"

namespace {

using namespace penstock::gateway;

// --- The head -----------------------------------------------------------------------------------

struct PlainHead {
  std::map<std::string, std::string> values;  // by name in small letters; of the last one
  std::map<std::string, int> counts;
};

std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find("\r\n"));
  text.remove_prefix(line.size() + 2);
  return line;
}

// Every line is one header and nothing else is a line's end.
PlainHead read_plainly(std::string_view head) {
  PlainHead plain;
  take_line(head);
  for (auto line = take_line(head); !line.empty(); line = take_line(head)) {
    PENSTOCK_CHECK(line.find_first_of(std::string_view("\r\n\0", 3)) == line.npos);
    const auto colon = line.find(':');
    PENSTOCK_CHECK(colon != line.npos && colon > 0);
    std::string name(line.substr(0, colon));
    PENSTOCK_CHECK(name.find_first_of(" \t") == name.npos);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t'))
      value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    plain.values[name] = value;
    ++plain.counts[name];
  }
  PENSTOCK_CHECK(head.empty());
  return plain;
}

void check_within(std::string_view part, std::string_view whole) {
  if (part.empty()) return;
  PENSTOCK_CHECK(part.data() >= whole.data());
  PENSTOCK_CHECK(part.data() + part.size() <= whole.data() + whole.size());
}

void check_views(const RequestHead& head, std::string_view bytes) {
  for (const auto part : {head.method, head.authorization, head.content_type, head.content_encoding,
                          head.idempotency_key, head.traceparent, head.correlation_id}) {
    check_within(part, bytes);
  }
  PENSTOCK_CHECK(!head.method.empty());
  PENSTOCK_CHECK(head.path.find('?') == head.path.npos);
}

void check_framing(const ParsedHead& parsed, PlainHead plain) {
  for (const auto* name : {"host", "content-length", "transfer-encoding", "authorization",
                           "content-type", "content-encoding", "idempotency-key"}) {
    PENSTOCK_CHECK(plain.counts[name] <= 1);
  }
  PENSTOCK_CHECK(parsed.chunked == (plain.counts["transfer-encoding"] == 1));
  PENSTOCK_CHECK(!parsed.chunked || plain.counts["content-length"] == 0);
  PENSTOCK_CHECK(parsed.head.content_length.has_value() != parsed.chunked);
  if (plain.counts["content-length"] == 1)
    PENSTOCK_CHECK(std::stoull(plain.values["content-length"]) == parsed.body_bytes);
  else
    PENSTOCK_CHECK(parsed.body_bytes == 0);
  PENSTOCK_CHECK(plain.values["authorization"] == parsed.head.authorization);
  PENSTOCK_CHECK(plain.values["content-type"] == parsed.head.content_type);
  PENSTOCK_CHECK(plain.values["content-encoding"] == parsed.head.content_encoding);
  PENSTOCK_CHECK(plain.values["idempotency-key"] == parsed.head.idempotency_key);
}

// `head` ends with its first empty line, as a connection finds it.
void check_head(const std::string& head) {
  const auto parsed = parse_head(head);
  if (!parsed) {
    PENSTOCK_CHECK(parsed.error().status == 400 || parsed.error().status == 417);
    PENSTOCK_CHECK(!parsed.error().detail.empty());
    return;
  }
  check_views(parsed->head, head);
  check_framing(*parsed, read_plainly(head));
  for (std::size_t cut = 0; cut < head.size(); cut += 1 + head.size() / 16) {
    const std::string begin = head.substr(0, cut);
    PENSTOCK_CHECK(!parse_head(begin));
  }
}

// --- The body -----------------------------------------------------------------------------------

struct Decoded {
  std::string payload;
  std::size_t consumed = 0;
  bool done = false, failed = false;
  bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string_view stream, std::size_t first, std::size_t others) {
  ChunkDecoder decoder;
  Decoded all;
  for (std::size_t piece = first; !stream.empty() && !decoder.done() && !decoder.failed();
       piece = others) {
    std::string bytes(stream.substr(0, piece));
    stream.remove_prefix(bytes.size());
    const auto result = decoder.decode(bytes.data(), bytes.size());
    PENSTOCK_CHECK(result.payload <= result.consumed && result.consumed <= bytes.size());
    PENSTOCK_CHECK(result.consumed == bytes.size() || decoder.done() || decoder.failed());
    all.payload.append(bytes, 0, result.payload);
    all.consumed += result.consumed;
  }
  all.done = decoder.done();
  all.failed = decoder.failed();
  return all;
}

void check_chunks(std::string_view stream) {
  const Decoded whole = decode(stream, stream.size(), stream.size());
  PENSTOCK_CHECK(decode(stream, 1, 1) == whole);
  for (std::size_t cut = 1; cut < stream.size(); cut += 1 + stream.size() / 64)
    PENSTOCK_CHECK(decode(stream, cut, stream.size()) == whole);
  if (!whole.done) return;
  // What ends the body decides alone where it ends.
  PENSTOCK_CHECK(decode(stream.substr(0, whole.consumed), stream.size(), 1) == whole);
  PENSTOCK_CHECK(!decode(stream.substr(0, whole.consumed - 1), stream.size(), 1).done);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const auto end = input.find("\r\n\r\n");
  const auto head_bytes = end == input.npos ? input.size() : end + 4;
  check_head(input.substr(0, head_bytes));
  check_chunks(std::string_view(input).substr(end == input.npos ? 0 : head_bytes));
  return 0;
}
