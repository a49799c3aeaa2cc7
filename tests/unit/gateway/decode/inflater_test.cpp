// Goal: what comes out is what went in, never more than allowed; damage is told, in every form that
// can happen. Method: real gzip and zstd, whole, joined, cut at every byte, with a byte changed,
// and as bombs.
#include "decode/inflater.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "unit/gateway/decode/compression.hpp"

namespace penstock::gateway {
namespace {

using testing::gzipped;
using testing::zstandard;

constexpr std::size_t kBytesMax = std::size_t{8} * 1024 * 1024;

struct Coding {
  const char* name;
  BodyCoding coding;
  std::string (*compress)(std::string_view);
};

class InflaterTest : public ::testing::TestWithParam<Coding> {
 protected:
  // The inflated text, or the problem's code in angle brackets.
  std::string inflated(std::string body, std::size_t bytes_max = kBytesMax) {
    const auto result = inflater_.inflate(GetParam().coding, std::move(body), bytes_max, lease_);
    return result ? *result : "<" + std::string(result.error().code) + ">";
  }
  std::string compressed(std::string_view text) { return GetParam().compress(text); }

  Inflater inflater_;
  MemoryLease lease_;
};

std::string noise(std::size_t bytes) {
  std::mt19937 random(7);
  std::string text(bytes, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

TEST_P(InflaterTest, GivesBackWhatWasCompressed) {
  for (const std::size_t bytes : {0U, 1U, 1000U, 256U * 1024, 256U * 1024 + 1, 3'000'000U}) {
    const std::string text = noise(bytes);
    EXPECT_TRUE(inflated(compressed(text)) == text) << bytes;
  }
}

TEST_P(InflaterTest, JoinedStreamsAreOneBody) {
  EXPECT_EQ(inflated(compressed("one ") + compressed("") + compressed("two")), "one two");
}

TEST_P(InflaterTest, HoldsExactlyTheLimit) {
  for (const std::size_t limit : {1000U, 256U * 1024, 300'000U}) {
    EXPECT_EQ(inflated(compressed(std::string(limit - 1, 'x')), limit).size(), limit - 1);
    EXPECT_EQ(inflated(compressed(std::string(limit, 'x')), limit).size(), limit);
    EXPECT_EQ(inflated(compressed(std::string(limit + 1, 'x')), limit), "<inflated_too_large>");
  }
}

TEST_P(InflaterTest, TheLimitHoldsForJoinedStreamsTogether) {
  const std::string half = compressed(std::string(600, 'x'));
  EXPECT_EQ(inflated(half + half, 1200).size(), 1200u);
  EXPECT_EQ(inflated(half + half, 1199), "<inflated_too_large>");
}

TEST_P(InflaterTest, ABombIsRefusedAndTheNextBodyIsReadAsUsual) {
  const std::string bomb = compressed(std::string(std::size_t{200} * 1024 * 1024, '\0'));
  ASSERT_LT(bomb.size(), 1024u * 1024);
  EXPECT_EQ(inflated(bomb), "<inflated_too_large>");
  EXPECT_EQ(inflated(compressed("after")), "after");
}

// The floor lets small bodies be as repetitive as they like; above it the ratio counts.
TEST_P(InflaterTest, WhatGrowsMoreThanAThousandTimesIsRefusedBeyondOneMiB) {
  const std::string small = compressed(std::string(std::size_t{1} << 20, ' '));
  EXPECT_EQ(inflated(small).size(), std::size_t{1} << 20);
  if (GetParam().coding == BodyCoding::kGzip) return;  // reaches 1032 at most
  EXPECT_EQ(inflated(compressed(std::string((std::size_t{1} << 20) + 1, ' '))),
            "<inflated_too_large>");
  EXPECT_EQ(inflated(compressed(noise(8000) + std::string(std::size_t{7} << 20, ' '))).size(),
            (std::size_t{7} << 20) + 8000);
}

TEST_P(InflaterTest, WhatALargeBodyTakesIsOnLeaseAndOnlyItsTextStaysThere) {
  MemoryBudget budget(std::size_t{40} << 20);
  lease_ = MemoryLease(budget, nullptr, nullptr);
  const std::size_t size = std::size_t{6} << 20;
  ASSERT_TRUE(lease_.grow(20000));
  std::string body = compressed(noise(8000) + std::string(size - 8000, ' '));
  body.reserve(20000);
  EXPECT_EQ(inflated(std::move(body)).size(), size);
  EXPECT_GE(budget.in_use(), size);
  EXPECT_LT(budget.in_use(), size + 20000);
}

TEST_P(InflaterTest, WhatDoesNotFitIntoTheBudgetIsRefusedBeforeItIsAllocated) {
  MemoryBudget budget(std::size_t{5} << 20);
  lease_ = MemoryLease(budget, nullptr, nullptr);
  const std::string body = compressed(noise(8000) + std::string(std::size_t{6} << 20, ' '));
  EXPECT_THROW(inflated(body), OutOfMemoryBudget);
}

TEST_P(InflaterTest, EveryCutIsDamage) {
  const std::string body = compressed(noise(500));
  for (std::size_t cut = 1; cut < body.size(); ++cut) {
    EXPECT_EQ(inflated(body.substr(0, cut)), "<damaged_body>") << cut;
  }
}

TEST_P(InflaterTest, WhatFollowsTheStreamIsDamage) {
  EXPECT_EQ(inflated(compressed("text") + "garbage"), "<damaged_body>");
  EXPECT_EQ(inflated(compressed("text") + std::string(1, '\0')), "<damaged_body>");
}

TEST_P(InflaterTest, OtherBytesAreDamage) {
  EXPECT_EQ(inflated("{\"eventType\":1}"), "<damaged_body>");
  EXPECT_EQ(inflated(noise(1000)), "<damaged_body>");
}

INSTANTIATE_TEST_SUITE_P(Codings, InflaterTest,
                         ::testing::Values(Coding{"gzip", BodyCoding::kGzip, gzipped},
                                           Coding{"zstd", BodyCoding::kZstd, zstandard}),
                         [](const auto& coding) { return std::string(coding.param.name); });

TEST(InflaterIdentityTest, PassesTheBodyOnWithinTheLimit) {
  Inflater inflater;
  MemoryLease lease;
  EXPECT_EQ(*inflater.inflate(BodyCoding::kIdentity, "text", 4, lease), "text");
  EXPECT_EQ(inflater.inflate(BodyCoding::kIdentity, "text!", 4, lease).error().status, 413);
}

// The frame's header says 2 GiB, and a window as large; there are a few bytes behind it.
TEST(InflaterZstdTest, AClaimedSizeCostsNoMemory) {
  Inflater inflater;
  MemoryLease lease;
  const std::string lie("\x28\xB5\x2F\xFD\xA0\xFF\xFF\xFF\x7F\x01\x00\x00", 12);
  const auto result = inflater.inflate(BodyCoding::kZstd, lie, kBytesMax, lease);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().status, 400);
}

}  // namespace
}  // namespace penstock::gateway
