// Goal: the checksum is CRC-32C, the same with and without the processor's instruction.
// Method: the vectors of RFC 3720, B.4, and random bytes in both.
#include "journal/crc32c.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace penstock::journal {
namespace {

TEST(Crc32cTest, GivesTheValuesOfTheStandard) {
  std::string counting(32, '\0');
  for (std::size_t i = 0; i < counting.size(); ++i) counting[i] = static_cast<char>(i);
  for (const auto& crc : {crc32c, crc32c_software}) {
    EXPECT_EQ(crc("", 0, 0), 0u);
    EXPECT_EQ(crc("123456789", 9, 0), 0xE3069283u);
    EXPECT_EQ(crc(std::string(32, '\0').data(), 32, 0), 0x8A9136AAu);
    EXPECT_EQ(crc(std::string(32, '\xFF').data(), 32, 0), 0x62A8AB43u);
    EXPECT_EQ(crc(counting.data(), 32, 0), 0x46DD794Eu);
  }
}

TEST(Crc32cTest, BothWaysAgreeOnAnyBytesInAnyPieces) {
  std::mt19937 random(7);
  std::string bytes(3000, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  for (int i = 0; i < 300; ++i) {
    const std::size_t begin = random() % 64, size = random() % 2900, cut = random() % (size + 1);
    const char* at = bytes.data() + begin;
    const std::uint32_t whole = crc32c_software(at, size, 0);
    EXPECT_EQ(crc32c(at, size, 0), whole);
    EXPECT_EQ(crc32c(at + cut, size - cut, crc32c(at, cut, 0)), whole);
  }
}

}  // namespace
}  // namespace penstock::journal
