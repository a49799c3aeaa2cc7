// Goal: what lies in Kafka of a user or an install is found, nothing of others, and it is said what
// becomes of it. Method: records as the gateway and aggregates write them, policies as Kafka has them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "erasure_findings.hpp"
#include "erasure_subjects.hpp"

namespace penstock::ctl {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kLast = 1'764'331'200'000;  // 2025-11-28T12:00:00Z
constexpr std::int64_t kWeek = 604'800'000;

Record record_with(const std::string& key, const std::string& value) {
  Record record;
  record.topic = "user-activity";
  record.partition = 2;
  record.offset = 17;
  record.timestamp_ms = kLast;
  record.key = key;
  record.value = value;
  return record;
}

TEST(ErasureSubjectsTest, FindsTheRecordsOfUsersAndInstallsAndNothingElse) {
  const ErasureSubjects subjects({"u-1"}, {"install-1"});
  EXPECT_TRUE(subjects.own(record_with("u-1", R"({"userId":"u-1"})")));
  EXPECT_TRUE(subjects.own(record_with("u-2", R"({"userId":"u-2","installId":"install-1"})")));
  EXPECT_TRUE(subjects.own(record_with("REQ-1", R"({"userId":"u-1","recordId":"REQ-1"})")));
  EXPECT_TRUE(subjects.own(record_with("u-1", R"({"clicks":3})")));  // an aggregate
  EXPECT_TRUE(subjects.own(record_with("x", "{\"userId\":\"u\\u002d1\"}")));
  EXPECT_FALSE(subjects.own(record_with("u-2", R"({"userId":"u-2","details":"u-1"})")));
  EXPECT_FALSE(subjects.own(record_with("u-1", R"({"userId":"u-10"})")));
  EXPECT_FALSE(
      subjects.own(record_with("install-1", R"({"userId":"u-2","installId":"install-2"})")));
  EXPECT_FALSE(subjects.own(record_with("u-10", "nonsense")));
}

TEST(ErasureSubjectsTest, ADeadLetterBelongsToTheInstallOfItsKey) {
  const ErasureSubjects subjects({}, {"install-1"});
  Record letter = record_with("install-1", R"({"userId":"u-2"})");
  EXPECT_FALSE(subjects.own(letter));
  letter.headers = {{"code", "missing_field"}};
  EXPECT_TRUE(subjects.own(letter));
}

TEST(ErasureSubjectsTest, ManyAreFoundAsWellAsFewAndTheirDigestsTellNobody) {
  std::set<std::string> users;
  for (int i = 0; i < 1000; ++i) users.insert("u-" + std::to_string(i));
  const ErasureSubjects subjects(users, {});
  EXPECT_TRUE(subjects.own(record_with("k", R"({"userId":"u-999"})")));
  EXPECT_FALSE(subjects.own(record_with("k", R"({"userId":"u-1000"})")));
  EXPECT_EQ(subjects.digests().size(), 1000U);
  EXPECT_EQ(ErasureSubjects({"u-1"}, {}).digests(), ErasureSubjects({"u-1"}, {}).digests());
  EXPECT_NE(ErasureSubjects({"u-1"}, {}).digests(), ErasureSubjects({}, {"u-1"}).digests());
  EXPECT_THAT(ErasureSubjects({"u-1"}, {}).digests()[0], Not(HasSubstr("u-1")));
}

ErasureFindings findings_with(const TopicPolicy& policy) {
  return ErasureFindings({{"user-activity", policy}});
}

TEST(ErasureFindingsTest, SayWhatRemainsWhereAndUntilWhen) {
  auto findings = findings_with({.compacted = false, .known = true, .retention_ms = kWeek});
  Record record = record_with("u-1", "{}");
  findings.add(record, true, false);
  record.offset = 40;
  record.timestamp_ms -= 1000;
  findings.add(record, true, false);
  findings.add(record, false, false);
  EXPECT_EQ(findings.records(), 2U);
  EXPECT_FALSE(findings.something_stays());
  EXPECT_TRUE(findings.tombstones().empty());
  EXPECT_THAT(findings.to_text(false), HasSubstr("until 2025-12-05"));
  const json found = json::parse(findings.to_json(false))["found"][0];
  EXPECT_EQ(found["records"], 2);
  EXPECT_EQ(found["firstOffset"], 17);
  EXPECT_EQ(found["lastOffset"], 40);
  EXPECT_EQ(found["until"], "2025-12-05T12:00:00.000Z");
}

TEST(ErasureFindingsTest, ATopicWithoutRetentionStaysForEverAndOneThatIsNotKnownIsSaid) {
  auto forever = findings_with({.compacted = false, .known = true, .retention_ms = {}});
  forever.add(record_with("u-1", "{}"), true, false);
  EXPECT_TRUE(forever.something_stays());
  EXPECT_THAT(forever.to_text(false), HasSubstr("FOR EVER"));
  ErasureFindings unknown{{}};
  unknown.add(record_with("u-1", "{}"), true, false);
  EXPECT_THAT(unknown.to_text(false), HasSubstr("does not say"));
}

TEST(ErasureFindingsTest, OnlyKeysWhoseNewestRecordIsTheirsGetTombstones) {
  auto findings = findings_with({.compacted = true, .known = true, .retention_ms = {}});
  findings.add(record_with("theirs", "{}"), true, false);
  findings.add(record_with("others now", "{}"), true, false);
  findings.add(record_with("others now", "{}"), false, false);
  findings.add(record_with("gone", "{}"), true, false);
  findings.add(record_with("gone", ""), false, true);
  findings.add(record_with("back", "{}"), false, false);
  findings.add(record_with("back", "{}"), true, false);
  std::vector<std::string> keys;
  for (const auto& one : findings.tombstones()) keys.push_back(one.key);
  EXPECT_THAT(keys, ::testing::ElementsAre("back", "theirs"));
  EXPECT_EQ(findings.tombstones()[0].partition, 2);
  EXPECT_THAT(findings.to_text(false), HasSubstr("would get tombstones"));
  EXPECT_THAT(findings.to_text(true), HasSubstr("tombstones written"));
}

TEST(ErasureFindingsTest, NothingIsSaidPlainly) {
  EXPECT_THAT(ErasureFindings{{}}.to_text(false), HasSubstr("nothing of them"));
}

}  // namespace
}  // namespace penstock::ctl
