// Goal: one user's events lie in one partition of the right topic, and tell by which schema they
// are to be read. Method: batches through the stages before it; topic, key and schema compared.
#include "route/router.hpp"

#include <gtest/gtest.h>

#include <string>

#include "unit/gateway/decode/decoding.hpp"
#include "unit/gateway/scrub/scrubbing.hpp"
#include "validate/validator.hpp"

namespace penstock::gateway {
namespace {

using namespace testing;  // NOLINT: the vocabulary of decoding.hpp

class RouterTest : public ::testing::Test {
 protected:
  // The one event of `body`, as routed.
  const Event& routed(const std::string& body) {
    batch_ = decode_json(body);
    Validator().check(*batch_);
    scrub(Scrubber(privacy::RuleSet()), *batch_);
    router_.apply(*batch_);
    return batch_->events.at(0);
  }

  Router router_{"staging."};
  std::shared_ptr<Batch> batch_;
};

TEST_F(RouterTest, TheTopicIsThatOfTheType) {
  EXPECT_EQ(routed(click()).topic, "staging.user-activity");
  EXPECT_EQ(routed(approval()).topic, "staging.db-changes");
}

TEST_F(RouterTest, ThePrefixMayBeEmpty) {
  const Router bare("");
  batch_ = decode_json(click());
  bare.apply(*batch_);
  EXPECT_EQ(batch_->events.at(0).topic, "user-activity");
}

TEST_F(RouterTest, TheKeyIsTheUserElseTheInstallElseTheRecord) {
  EXPECT_EQ(routed(click(R"(,"userId":"u","installId":"i")")).key, "u");
  EXPECT_EQ(routed(click(R"(,"installId":"i")")).key, "i");
  EXPECT_EQ(routed(R"({"installId":"b","events":[)" + click() + "]}").key, "b");
  EXPECT_EQ(routed(R"({"installId":"b","events":[)" + click(R"(,"installId":"i")") + "]}").key,
            "i");
  EXPECT_EQ(routed(click()).key, "");
  EXPECT_EQ(routed(approval(R"(,"userId":"u","installId":"i")")).key, "u");
  EXPECT_EQ(routed(approval(R"(,"installId":"i")")).key, "r-17");
}

TEST_F(RouterTest, TheKeyIsWhatTheTextMeansAndMasked) {
  EXPECT_EQ(routed(click(R"(,"userId":"\u0075\"")")).key, "u\"");
  EXPECT_EQ(routed(click(R"(,"userId":"jane.doe@corp.example")")).key, "[email]");
}

TEST_F(RouterTest, TheSchemaIsTypeAndVersion) {
  EXPECT_EQ(routed(click()).schema, "UserActivity/1");
  EXPECT_EQ(routed(click(R"(,"schemaVersion":1)")).schema, "UserActivity/1");
  EXPECT_EQ(routed(click(R"(,"schemaVersion":12)")).schema, "UserActivity/12");
  EXPECT_EQ(routed(approval()).schema, "DatabaseChange/1");
  EXPECT_EQ(routed(approval(R"(,"schemaVersion":3)")).schema, "DatabaseChange/3");
}

TEST_F(RouterTest, CustomTypesWithASchemaShareATopicAndAreKeyedAsActivity) {
  const Router router("staging.", {"Purchase", "Refund"});
  const auto routed_here = [&](const std::string& event, bool rejected) -> const Event& {
    batch_ = decode_json(R"({"installId":"b","events":[)" + event + "]}");
    scrub(Scrubber(privacy::RuleSet()), *batch_);
    if (rejected) batch_->events.at(0).reject = Reject{wire::RejectCode::kSchemaViolation, "", ""};
    router.apply(*batch_);
    return batch_->events.at(0);
  };
  EXPECT_EQ(routed_here(R"({"eventType":"Purchase","userId":"u"})", false).topic,
            "staging.custom-events");
  EXPECT_EQ(batch_->events[0].key, "u");
  EXPECT_EQ(batch_->events[0].schema, "Purchase/1");
  EXPECT_EQ(routed_here(R"({"eventType":"Refund","recordId":"r","schemaVersion":12})", false).key,
            "b");
  EXPECT_EQ(batch_->events[0].schema, "Refund/12");
  EXPECT_EQ(routed_here(R"({"eventType":"Purchase","userId":"u"})", true).topic,
            "staging.custom-events");
  EXPECT_EQ(batch_->events[0].key, "b");
  EXPECT_EQ(routed_here(R"({"eventType":"Other"})", true).topic, "");
  EXPECT_EQ(routed_here(click(), false).topic, "staging.user-activity");
}

TEST_F(RouterTest, ARejectedEventKeepsItsTopicAndIsKeyedByInstall) {
  const Event& event = routed(
      R"({"installId":"b","events":[{"eventType":"UserActivity","userId":"jane.doe@corp.example"}]})");
  ASSERT_TRUE(event.reject);
  EXPECT_EQ(event.topic, "staging.user-activity");
  EXPECT_EQ(event.key, "b");
  EXPECT_EQ(event.schema, "");
  EXPECT_EQ(routed(R"([{"eventType":"Other"}])").topic, "");
  EXPECT_EQ(routed("[{]}]").topic, "");
}

}  // namespace
}  // namespace penstock::gateway
