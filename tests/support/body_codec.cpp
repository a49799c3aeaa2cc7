#include "support/body_codec.hpp"

#include <zlib.h>
#include <zstd.h>

#include <stdexcept>

namespace penstock::test {
namespace {

constexpr std::size_t kInflatedBytesMax = 16 * 1024 * 1024;

}  // namespace

std::string inflate(std::string_view encoding, std::string_view body) {
  if (encoding.empty()) return std::string(body);
  std::string out(kInflatedBytesMax, '\0');
  if (encoding == "zstd") {
    const std::size_t bytes = ZSTD_decompress(out.data(), out.size(), body.data(), body.size());
    if (ZSTD_isError(bytes) != 0) throw std::runtime_error("no zstd");
    out.resize(bytes);
    return out;
  }
  if (encoding != "gzip") throw std::runtime_error("no encoding that we know");
  z_stream stream{};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  inflateInit2(&stream, 15 + 16);
  const int result = ::inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("no gzip");
  out.resize(stream.total_out);
  return out;
}

}  // namespace penstock::test
