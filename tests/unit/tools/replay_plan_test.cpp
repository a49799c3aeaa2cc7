// Goal: offsets are read as people write them, and two orders have one digest only if they are the
// same work. Method: each form and its neighbours; an order with one member changed at a time.
#include "replay_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace penstock::ctl {
namespace {

using ::testing::HasSubstr;

TEST(ParseOffsets, ReadsEachForm) {
  EXPECT_EQ(parse_offsets("[3]@100-200"), (OffsetRange{3, 100, 201}));
  EXPECT_EQ(parse_offsets("[3]@100-100"), (OffsetRange{3, 100, 101}));
  EXPECT_EQ(parse_offsets("[3]@100-"), (OffsetRange{3, 100, std::nullopt}));
  EXPECT_EQ(parse_offsets("[3]@100"), (OffsetRange{3, 100, 101}));
  EXPECT_EQ(parse_offsets("[0]"), (OffsetRange{0, 0, std::nullopt}));
}

TEST(ParseOffsets, SaysHowToWriteThem) {
  for (const char* text :
       {"", "3", "3@1-2", "[3", "[3]1", "[3]@", "[3]@x", "[3]@1-x", "[3]@1-2-3", "[-1]@1", "[3]@-1",
        "[3]@5-4", "[99999999999]", "[3]@99999999999999999999", "[3]@1-9223372036854775807",
        "[3]@9223372036854775807", "[3] @1"}) {
    try {
      parse_offsets(text);
      ADD_FAILURE() << text;
    } catch (const std::runtime_error& fault) {
      EXPECT_THAT(fault.what(), HasSubstr("give [3]@100-200")) << text;
    }
  }
}

TEST(ParseOffsets, OneRangeAPartition) {
  EXPECT_EQ(parse_offset_list({"[1]@5", "[0]"}).size(), 2U);
  EXPECT_THROW(parse_offset_list({"[1]@5", "[1]@7"}), std::runtime_error);
}

TEST(ReplayDigest, IsAnotherForEachChangeAndTheSameForTheSame) {
  ReplayOrder order;
  order.from = "a";
  order.to = "topic b";
  std::set<std::string> digests{digest_of(order)};
  EXPECT_EQ(digest_of(order), digest_of(ReplayOrder(order)));
  const auto changed = [&](auto change) {
    ReplayOrder other = order;
    change(other);
    EXPECT_TRUE(digests.insert(digest_of(other)).second);
  };
  changed([](auto& o) { o.from = "c"; });
  changed([](auto& o) { o.to = "file b"; });
  changed([](auto& o) { o.since = "2h"; });
  changed([](auto& o) { o.until = "2h"; });
  changed([](auto& o) { o.offsets = {"[1]"}; });
  changed([](auto& o) { o.filter.users = {"x"}; });
  changed([](auto& o) { o.filter.sessions = {"x"}; });
  changed([](auto& o) { o.filter.types = {"x"}; });
  changed([](auto& o) { o.filter.correlations = {"x"}; });
  changed([](auto& o) { o.new_timestamps = true; });
  changed([](auto& o) { o.whole = true; });
}

TEST(ReplayName, BecomesPartOfKafkasNames) {
  EXPECT_EQ(name_fault(name_of_digest(digest_of(ReplayOrder{}))), "");
  EXPECT_EQ(name_fault(std::string(100, 'a')), "");
  for (const auto& name :
       {std::string(), std::string(101, 'a'), std::string("a b"), std::string("ä")})
    EXPECT_NE(name_fault(name), "") << name;
}

}  // namespace
}  // namespace penstock::ctl
