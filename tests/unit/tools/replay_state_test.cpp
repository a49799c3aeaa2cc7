// Goal: what a run notes is what the next one reads. Method: states written to metadata and back;
// metadata of other programs.
#include "replay_state.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace penstock::ctl {
namespace {

TEST(ReplayState, ComesBackFromTheMetadataOfItsParts) {
  ReplayState state;
  state.digest = "d";
  state.parts = {{0, 5, 7, 20}, {3, 0, 10, 10}};
  state.brought = 11;
  state.skipped = 2;
  state.renamed = 3;
  state.rejected = 4;
  state.expired = 1;
  ReplayState read;
  for (const auto& part : state.parts)
    read.add_part(part.partition, part.at, state.to_metadata(part));
  EXPECT_EQ(read.digest, "d");
  EXPECT_EQ(read.done(), 12);
  EXPECT_EQ(read.total(), 25);
  EXPECT_FALSE(read.finished());
  EXPECT_EQ(read.brought, 11U);
  EXPECT_EQ(read.skipped, 2U);
  EXPECT_EQ(read.renamed, 3U);
  EXPECT_EQ(read.rejected, 4U);
  EXPECT_EQ(read.expired, 1);
}

TEST(ReplayState, MetadataOfAnotherProgramIsRefused) {
  for (const char* metadata :
       {"", "x", "{}", "[]", R"({"replay":"d","begin":5,"end":1})",
        R"({"replay":1,"begin":0,"end":9})", R"({"replay":"d","begin":"0","end":9})",
        R"({"replay":"d","begin":0,"end":2})"})
    EXPECT_THROW(ReplayState().add_part(0, 3, metadata), std::runtime_error) << metadata;
  ReplayState state;
  state.add_part(0, 3, R"({"replay":"d","begin":0,"end":9})");
  EXPECT_THROW(state.add_part(1, 3, R"({"replay":"e","begin":0,"end":9})"), std::runtime_error);
}

}  // namespace
}  // namespace penstock::ctl
