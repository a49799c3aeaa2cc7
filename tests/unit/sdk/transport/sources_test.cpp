// Goal: what earlier runs and killed processes left is sent, under its own install id.
// Method: journals in slots that nobody holds, and the whole sender.
#include "sender_fixture.hpp"

namespace penstock::transport::test {
namespace {

using SourcesTest = SenderFixture;

TEST_F(SourcesTest, EventsOfAnEarlierRunAreSent) {
  {
    const Source earlier = make_source();
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(earlier.journal->writer().append(R"({"a":1})").code, StatusCode::kOk);
  }
  start();
  track();
  flush();
  EXPECT_EQ(gateway_.received_seqs(), numbers(1, 4));
}

TEST_F(SourcesTest, OrphansAreSentFirstUnderTheirOwnInstallId) {
  options_.batch_events_max = 4;
  const std::string orphan_id = leave_orphan(10);
  start();
  EXPECT_NE(sender_handle_->journal().install_id(), orphan_id);
  track(2);
  flush();
  std::vector<std::string> ids;
  for (const auto& request : gateway_.requests()) ids.push_back(request.batch()["installId"]);
  EXPECT_THAT(ids,
              ElementsAre(orphan_id, orphan_id, orphan_id, sender_handle_->journal().install_id()));
  EXPECT_EQ(sender_handle_->stats().totals.acknowledged, 12u);
  EXPECT_EQ(sender_handle_->stats().orphans_pending, 0u);
}

TEST_F(SourcesTest, AnEmptiedOrphanIsLetGo) {
  leave_orphan(3);
  start();
  flush();
  EXPECT_TRUE(next_free_slot_is("slot-0001"));
}

TEST_F(SourcesTest, AnOrphanThatCannotBeSentStaysForTheNextStart) {
  gateway_.answer_with([](const auto&) { return reply(503); });
  const std::string orphan_id = leave_orphan(3);
  start();
  EXPECT_TRUE(eventually([&] { return sender_handle_->stats().orphans_pending == 3; }));
  EXPECT_EQ(sender_handle_->flush(milliseconds(10)).code(), StatusCode::kTimeout);
  stop();

  gateway_.answer_with(accept_all);
  start();
  flush();
  EXPECT_EQ(sender_handle_->stats().totals.acknowledged, 3u);
  EXPECT_EQ(gateway_.requests().back().batch()["installId"], orphan_id);
}

}  // namespace
}  // namespace penstock::transport::test
