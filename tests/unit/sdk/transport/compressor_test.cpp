// Goal: what is compressed inflates to the same bytes, and small enough.
// Method: bodies of all sizes through each compression, inflated by the libraries' own readers.
#include "transport/compressor.hpp"

#include <gtest/gtest.h>

#include <string>

#include "support/body_codec.hpp"

namespace penstock::transport {
namespace {

std::string typical_events(int count) {
  std::string body;
  for (int i = 0; i < count; ++i) {
    body +=
        R"({"seq":)" + std::to_string(4000 + i) +
        R"(,"eventType":"UserActivity","timestamp":"2026-11-23T15:00:)" +
        std::to_string(10 + i % 50) + "." + std::to_string(100 + i * 37 % 900) +
        R"(Z","userId":"user-48213","sessionId":"6f1c1de2-7a3b-4c2e-9f01-2233445566aa","pageId":)"
        R"("approval-screen","activityType":"Click","details":{"element":"approve-button","duration":)" +
        std::to_string(i * 7919 % 3000) + R"(,"outcome":"success"},"schemaVersion":1},)";
  }
  return body;
}

class CompressorTest : public ::testing::TestWithParam<Compression> {};

TEST_P(CompressorTest, BodiesOfAllSizesComeBackTheSame) {
  Compressor compressor(GetParam());
  for (const int events : {0, 1, 256, 3, 5000, 2}) {  // also smaller ones after larger ones
    const std::string body = typical_events(events);
    EXPECT_EQ(test::inflate(compressor.content_encoding(), compressor.compress(body)), body)
        << events;
  }
}

TEST_P(CompressorTest, BytesThatDoNotCompressComeBackTheSame) {
  Compressor compressor(GetParam());
  std::string noise(300'000, '\0');
  std::uint32_t state = 12345;
  for (char& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  EXPECT_EQ(test::inflate(compressor.content_encoding(), compressor.compress(noise)), noise);
}

INSTANTIATE_TEST_SUITE_P(All, CompressorTest,
                         ::testing::Values(Compression::kNone, Compression::kGzip,
                                           Compression::kZstd));

TEST(CompressorSizeTest, ABatchOfTypicalEventsTakesLessThanFortyBytesAnEvent) {
  const std::string body = typical_events(256);
  for (const Compression compression : {Compression::kGzip, Compression::kZstd}) {
    EXPECT_LE(Compressor(compression).compress(body).size(), 40u * 256u);
  }
}

}  // namespace
}  // namespace penstock::transport
