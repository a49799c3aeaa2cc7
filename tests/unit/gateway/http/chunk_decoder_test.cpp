// Goal: a chunked body is what its chunks carry, however the bytes were cut on the way, and nothing
// that two readers could understand differently is taken. Method: whole streams, and each stream
// again at every cut and byte by byte.
#include "http/chunk_decoder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace penstock::gateway {
namespace {

struct Decoded {
  std::string payload;
  std::size_t consumed = 0;
  bool done = false, failed = false;

  bool operator==(const Decoded&) const = default;
};

Decoded decode_in_pieces(const std::string& stream, std::size_t first, std::size_t others) {
  ChunkDecoder decoder;
  Decoded all;
  for (std::size_t at = 0, piece = first; at < stream.size(); at += piece, piece = others) {
    std::string bytes = stream.substr(at, piece);
    if (bytes.empty()) continue;
    const auto result = decoder.decode(bytes.data(), bytes.size());
    all.payload.append(bytes, 0, result.payload);
    all.consumed += result.consumed;
    if (decoder.done() || decoder.failed()) break;
  }
  all.done = decoder.done();
  all.failed = decoder.failed();
  return all;
}

Decoded decode(const std::string& stream) {
  return decode_in_pieces(stream, stream.size(), stream.size());
}

TEST(ChunkDecoderTest, ChunksAreJoined) {
  const auto decoded = decode("5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n");
  EXPECT_EQ(decoded.payload, "hello, world");
  EXPECT_TRUE(decoded.done);
}

TEST(ChunkDecoderTest, WhatFollowsTheLastChunkIsLeftAlone) {
  const std::string body = "1\r\nx\r\n0\r\n\r\n";
  EXPECT_EQ(decode(body + "POST / HTTP/1.1\r\n").consumed, body.size());
}

TEST(ChunkDecoderTest, EveryCutGivesTheSame) {
  const std::string stream = "5;name=value\r\nhello\r\nA\r\n0123456789\r\n1f\r\n" +
                             std::string(31, '\n') +
                             "\r\n000;last\r\nTrailer: one\r\nAnother: two\r\n\r\nnext";
  const auto whole = decode(stream);
  EXPECT_EQ(whole.payload, "hello0123456789" + std::string(31, '\n'));
  EXPECT_EQ(whole.consumed, stream.size() - 4);
  ASSERT_TRUE(whole.done);
  for (std::size_t cut = 1; cut < stream.size(); ++cut)
    EXPECT_EQ(decode_in_pieces(stream, cut, stream.size()), whole) << "cut at " << cut;
  for (std::size_t piece = 1; piece <= 3; ++piece)
    EXPECT_EQ(decode_in_pieces(stream, piece, piece), whole) << "pieces of " << piece;
}

TEST(ChunkDecoderTest, AnEmptyBodyIsOneEmptyChunk) {
  for (std::size_t piece = 1; piece <= 5; ++piece) {
    const auto decoded = decode_in_pieces("0\r\n\r\n", piece, piece);
    EXPECT_TRUE(decoded.done);
    EXPECT_EQ(decoded.payload, "");
  }
}

TEST(ChunkDecoderTest, WhatTwoReadersCouldReadDifferentlyIsRefused) {
  const std::vector<std::string> streams = {
      "\r\nhello",        // no size
      "-5\r\nhello\r\n",  // a sign
      "+5\r\nhello\r\n",
      "0x5\r\nhello\r\n",  // a prefix
      " 5\r\nhello\r\n",   // spaces around it
      "5 \r\nhello\r\n",
      "5\nhello\r\n",  // LF alone
      "5\r\nhello\n0\r\n\r\n",
      "5\rXhello\r\n",            // CR alone
      "5\r\nhello!\r\n",          // more than it says
      "6\r\nhello\r\n0\r\n\r\n",  // less than it says
      "5;a=\"\n\"\r\nhello\r\n",  // LF within an extension
      "0\r\nX: y\nZ: z\r\n\r\n",  // LF within a trailer
      "0\r\n\rX",
      "10000000000000000\r\nhello\r\n",  // 2^64: zero for who overflows
      "fffffffffffffffff\r\nhello\r\n",
  };
  for (const auto& stream : streams) {
    const auto decoded = decode(stream);
    EXPECT_TRUE(decoded.failed) << stream;
    EXPECT_FALSE(decoded.done) << stream;
  }
}

TEST(ChunkDecoderTest, ASizeMayHaveZerosInFrontUpToSixteenDigits) {
  EXPECT_EQ(decode("00000005\r\nhello\r\n00000000\r\n\r\n").payload, "hello");
  EXPECT_TRUE(decode(std::string(15, '0') + "5\r\nhello\r\n0\r\n\r\n").done);
  EXPECT_TRUE(decode(std::string(16, '0') + "5\r\nhello\r\n0\r\n\r\n").failed);
  EXPECT_TRUE(decode("5\r\nhello\r\n" + std::string(17, '0') + "\r\n\r\n").failed);
}

TEST(ChunkDecoderTest, WhatIsSkippedIsBounded) {
  EXPECT_TRUE(decode("0;" + std::string(4096, 'x') + "\r\n\r\n").done);
  EXPECT_TRUE(decode("0;" + std::string(4097, 'x') + "\r\n\r\n").failed);
  EXPECT_TRUE(decode("0\r\n" + std::string(4097, 'x') + "\r\n\r\n").failed);
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "1;x\r\ny\r\n";
  EXPECT_TRUE(decode(many).failed) << "extensions of all chunks count together";
}

}  // namespace
}  // namespace penstock::gateway
