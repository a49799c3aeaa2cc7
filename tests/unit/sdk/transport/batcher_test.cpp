// Goal: a request body is the batch object of the wire protocol, whatever the records are.
// Method: bodies are built and read back with another JSON reader.
#include "transport/batcher.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

namespace penstock::transport {
namespace {

using journal::Record;
using nlohmann::json;

constexpr std::string_view kInstall = "b1946ac9-2492-4d23-87ad-0b1946ac9249";

class BatcherTest : public ::testing::Test {
 protected:
  json build(std::vector<Record> records, const journal::DropTotals& dropped = {}) {
    return json::parse(batcher_.build(kInstall, records, dropped, 1'733'661'296'789));
  }
  Batcher batcher_{R"({"app":"approvals","version":"2.3"})"};
};

TEST_F(BatcherTest, TheEnvelopeSaysWhoSendsAndWhen) {
  const json batch = build({{1, R"({"eventType":"UserActivity"})"}});
  EXPECT_EQ(batch["sentAt"], "2024-12-08T12:34:56.789Z");
  EXPECT_EQ(batch["installId"], kInstall);
  EXPECT_EQ(batch["sdk"]["name"], "penstock-cpp");
  EXPECT_TRUE(batch["sdk"]["version"].is_string());
  EXPECT_EQ(batch["context"], json::parse(R"({"app":"approvals","version":"2.3"})"));
}

TEST_F(BatcherTest, EachEventGetsItsNumberBehindTheOpeningBrace) {
  const std::vector<Record> records = {{41, R"({"a":1})"}, {42, R"({"b":2})"}};
  const std::string_view body = batcher_.build(kInstall, records, {}, 0);
  EXPECT_NE(body.find(R"("events":[{"seq":41,"a":1},{"seq":42,"b":2}])"), std::string_view::npos)
      << body;
}

TEST_F(BatcherTest, NumbersUpToTheLargestAreWritten) {
  EXPECT_EQ(build({{18446744073709551615ULL, R"({"a":1})"}})["events"][0]["seq"],
            18446744073709551615ULL);
}

TEST_F(BatcherTest, DropsAreReportedOnlyWhenThereAreAny) {
  EXPECT_FALSE(build({{1, R"({"a":1})"}}).contains("dropped"));
  journal::DropTotals dropped;
  dropped.refused[journal::code_of(wire::DropReason::kTooLarge).code] = 2;
  dropped.later[journal::code_of(wire::DropReason::kTooLargeForGateway).code] = 3;
  // Counted by a later version.
  dropped.refused.back() = 4;
  dropped.later.back() = 5;
  EXPECT_EQ(build({{1, R"({"a":1})"}}, dropped)["dropped"],
            json::parse(R"({"too_large":2,"too_large_for_gateway":3,"other":9})"));
}

TEST_F(BatcherTest, ARecordThatIsNoObjectDoesNotSpoilItsBatch) {
  const json batch = build({{1, ""}, {2, "{"}, {3, "null"}, {4, "{}"}, {5, R"({"a":1})"}});
  EXPECT_EQ(batch["events"],
            json::parse(R"([{"seq":1},{"seq":2},{"seq":3},{"seq":4},{"seq":5,"a":1}])"));
}

TEST_F(BatcherTest, ABatchOfTheLargestEventsIsWhole) {
  const std::string event = R"({"text":")" + std::string(256 * 1024, 'x') + R"("})";
  std::vector<Record> records;
  for (std::uint64_t seq = 1; seq <= 20; ++seq) records.push_back({seq, event});
  EXPECT_EQ(build(records)["events"].size(), 20u);
}

TEST_F(BatcherTest, ASmallBatchAfterALargeOneIsWholeToo) {
  const std::string event = R"({"text":")" + std::string(10'000, 'x') + R"("})";
  build({{1, event}, {2, event}});
  EXPECT_EQ(build({{3, R"({"a":1})"}})["events"], json::parse(R"([{"seq":3,"a":1}])"));
}

}  // namespace
}  // namespace penstock::transport
