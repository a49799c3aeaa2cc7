// Goal: an event that is sent twice has one id, whatever else differs; no two events share one; and
// each record is complete by itself. Method: batches through the stages before it; ids of retries
// compared; records parsed with another parser.
#include "stamp/stamper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "unit/gateway/decode/decoding.hpp"
#include "unit/gateway/scrub/scrubbing.hpp"
#include "validate/validator.hpp"
#include "wire/uuid.hpp"

namespace penstock::gateway {
namespace {

using namespace testing;  // NOLINT: the vocabulary of decoding.hpp
using nlohmann::json;
using ::testing::ElementsAre;

std::shared_ptr<Batch> stamped(const RequestHead& head, const std::string& body) {
  auto batch = decode_with(head, body);
  Validator().check(*batch);
  scrub(Scrubber(privacy::RuleSet()), *batch);
  Stamper().apply(*batch);
  return batch;
}
std::shared_ptr<Batch> stamped(const std::string& body) { return stamped(json_head(), body); }

std::string id_of(const RequestHead& head, const std::string& body, std::size_t event = 0) {
  return stamped(head, body)->events.at(event).event_id.text();
}
std::string id_of(const std::string& body) { return id_of(json_head(), body); }

std::string named(const std::string& name) {
  return wire::name_uuid(client_key()->name_space, name).text();
}

RequestHead with_key(std::string_view key) {
  RequestHead head = json_head();
  head.idempotency_key = key;
  return head;
}

std::vector<std::string> names_in_order(std::string_view record) {
  std::vector<std::string> names;
  const auto parsed = nlohmann::ordered_json::parse(record);
  for (const auto& [name, value] : parsed.items()) names.push_back(name);
  return names;
}

TEST(EventIdTest, InstallAndSeqNameTheEventWhereverTheyStand) {
  const std::string id = named("i-1:7");
  EXPECT_EQ(id_of(R"({"installId":"i-1","events":[)" + click(R"(,"seq":7)") + "]}"), id);
  EXPECT_EQ(id_of(click(R"(,"seq":7,"installId":"i-1")")), id);
  EXPECT_EQ(id_of(R"({"installId":"other","events":[)" +
                  click(R"(,"seq":7,"installId":"\u0069-1")") + "]}"),
            id);
  EXPECT_EQ(id_of(with_key("k"),
                  R"({"installId":"i-1","events":[)" + click(R"(,"eventId":"e","seq":7)") + "]}"),
            id);
}

TEST(EventIdTest, TheClientsOwnIdNamesAnEventWithoutSeq) {
  EXPECT_EQ(id_of(with_key("k"), click(R"(,"eventId":"e-1")")), named("event\ne-1"));
}

TEST(EventIdTest, TheIdempotencyKeyAndTheIndexNameWhatHasNoName) {
  const std::string body = "[" + click() + "," + click() + "]";
  EXPECT_EQ(id_of(with_key("k"), body, 0), named("key\nk\n0"));
  EXPECT_EQ(id_of(with_key("k"), body, 1), named("key\nk\n1"));
}

TEST(EventIdTest, WithoutAnyNameEachIsNew) {
  const std::string first = id_of(click()), second = id_of(click());
  EXPECT_NE(first, second);
  EXPECT_EQ(first[14], '7');
}

TEST(EventIdTest, FormsNeverMakeTheSameName) {
  EXPECT_NE(id_of(click(R"(,"installId":"event","seq":5)")), id_of(click(R"(,"eventId":"5")")));
  EXPECT_NE(id_of(with_key("k"), click()), id_of(click(R"(,"eventId":"k\\n0")")));
}

TEST(EventIdTest, ProjectsKeepApart) {
  auto other = std::make_shared<ClientKey>(*client_key());
  other->name_space = wire::random_uuid();
  auto batch = decode_json(click(R"(,"installId":"i-1","seq":7)"));
  batch->client = other;
  Validator().check(*batch);
  Stamper().apply(*batch);
  EXPECT_NE(batch->events[0].event_id.text(), named("i-1:7"));
}

TEST(EventIdTest, NamesAreTakenBeforeMasking) {
  EXPECT_NE(id_of(click(R"(,"installId":"a@corp.example","seq":1)")),
            id_of(click(R"(,"installId":"b@corp.example","seq":1)")));
}

TEST(EventIdTest, RejectedEventsHaveTheirIdToo) {
  EXPECT_EQ(id_of(R"({"installId":"i-1","events":[{"eventType":"Other","seq":7}]})"),
            named("i-1:7"));
  EXPECT_EQ(id_of(with_key("k"), "[{]}]"), named("key\nk\n0"));
}

class CorrelationTest : public ::testing::Test {
 protected:
  std::string correlation(const std::string& body) {
    return std::string(stamped(head_, body)->events.at(0).correlation_id);
  }

  static constexpr const char* kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
  static constexpr const char* kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  RequestHead head_ = json_head();
};

TEST_F(CorrelationTest, TheNearestSayingWins) {
  EXPECT_EQ(correlation(R"({"installId":"i","events":[)" + click(R"(,"seq":7)") + "]}"),
            named("correlation\ni\n7"));
  head_.correlation_id = "from-header";
  EXPECT_EQ(correlation(click()), "from-header");
  head_.traceparent = kParent;
  EXPECT_EQ(correlation(click()), kTrace);
  EXPECT_EQ(correlation(click(R"(,"correlationId":"own")")), "own");
}

TEST_F(CorrelationTest, ABatchThatIsSentAgainKeepsIt) {
  const std::string with_seq =
      R"({"installId":"i","events":[)" + click() + "," + click(R"(,"seq":7)") + "]}";
  EXPECT_EQ(correlation(with_seq), correlation(with_seq));
  EXPECT_NE(correlation(click()), correlation(click()));
  head_.idempotency_key = "k";
  EXPECT_EQ(correlation(click()), correlation(click()));
}

TEST_F(CorrelationTest, WhatIsNotValidIsNotUsed) {
  head_.traceparent = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
  head_.correlation_id = "control\x01";
  const auto batch = stamped(head_, click());
  EXPECT_EQ(batch->traceparent, "");
  EXPECT_EQ(batch->events[0].correlation_id[14], '7');
  head_.traceparent = kParent;
  EXPECT_EQ(stamped(head_, click())->traceparent, kParent);
}

TEST_F(CorrelationTest, NothingBehindATraceIsPassedOn) {
  for (const char* behind : {"-anna.smith@example.com", "-\t\xff", "-"}) {
    const std::string later_version = std::string("01") + (kParent + 2) + behind;
    head_.traceparent = later_version;
    const auto batch = stamped(head_, click());
    EXPECT_EQ(batch->traceparent, kParent);
    EXPECT_EQ(batch->events[0].correlation_id, kTrace);
  }
}

TEST_F(CorrelationTest, WhatIsForbiddenInAHeaderDoesNotBecomeAnIdentifierByMasking) {
  for (const std::string& bad :
       {std::string("anna.smith@example.com\x01"), std::string("\x1f 4111 1111 1111 1111"),
        std::string("anna.smith@example.com\xff"),
        "anna.smith@example.com " + std::string(300, 'x')}) {
    head_.correlation_id = bad;
    const auto batch = stamped(head_, click());
    EXPECT_EQ(batch->events[0].correlation_id.size(), 36u) << bad;
    EXPECT_EQ(batch->events[0].correlation_id[14], '7') << bad;
  }
}

TEST_F(CorrelationTest, ARejectedEventHasItsBatchs) {
  head_.correlation_id = "from-header";
  EXPECT_EQ(correlation(R"({"correlationId":"jane.doe@corp.example"})"), "from-header");
}

TEST(RecordTest, HoldsWhatIsStampedThenTheClientsFieldsInTheirOrder) {
  const auto batch = stamped(
      R"({"sentAt":"2024-12-08T12:34:55.789Z","installId":"i-1","events":[)" +
      click(
          R"(,"seq":7,"own \" name":[1, 2],"userId":"u\u0041","eventId":"e","receivedAt":"x","clockSkewMs":9,"correlationId":"c","installId":"i-2","details":{"d" : 1e400},"schemaVersion":1)") +
      "]}");
  const auto record = batch->events[0].record;
  EXPECT_EQ(
      record,
      R"({"eventId":")" + named("i-2:7") +
          R"(","correlationId":"c","receivedAt":"2024-12-08T12:34:56.789Z","clockSkewMs":1000,"installId":"i-2",)"
          R"("eventType":"UserActivity","timestamp":"2024-12-08T12:34:56.789Z","activityType":"Click","seq":7,)"
          R"("own \" name":[1, 2],"userId":"u\u0041","details":{"d" : 1e400},"schemaVersion":1})");
}

TEST(RecordTest, WithoutSentAtOrInstallTheirFieldsAreLeftOut) {
  const auto batch = stamped(click());
  EXPECT_THAT(names_in_order(batch->events[0].record),
              ElementsAre("eventId", "correlationId", "receivedAt", "eventType", "timestamp",
                          "activityType"));
  EXPECT_FALSE(batch->clock_skew_ms);
}

TEST(RecordTest, AClockThatIsAheadGivesANegativeSkew) {
  const auto batch = stamped(R"({"sentAt":"2024-12-08T12:35:56.789Z","events":[)" + click() + "]}");
  EXPECT_EQ(json::parse(batch->events[0].record)["clockSkewMs"], -60000);
}

TEST(RecordTest, ContextGoesIntoMetadataAndTheEventsOwnFieldsStay) {
  const auto metadata = [](const std::string& context, const std::string& event) {
    const auto batch = stamped(R"({"context":)" + context + R"(,"events":[)" + event + "]}");
    return json::parse(batch->events.at(0).record)["metadata"];
  };
  const std::string context = R"({"app":"A","os":"L","\"q\"":1})";
  EXPECT_EQ(metadata(context, click()), json::parse(context));
  EXPECT_EQ(metadata(context, click(R"(,"metadata":{ })")), json::parse(context));
  EXPECT_EQ(metadata(context, click(R"(,"metadata":null)")), json::parse(context));
  EXPECT_EQ(metadata(context, click(R"(,"metadata":{"x":1})")),
            json::parse(R"({"app":"A","os":"L","\"q\"":1,"x":1})"));
  EXPECT_EQ(metadata(context, click(R"(,"metadata":{"os":"own","\u0061pp":null})")),
            json::parse(R"({"os":"own","app":null,"\"q\"":1})"));
  EXPECT_EQ(metadata(context, click(R"(,"metadata":{"\"q\"":2,"os":3,"app":4})")),
            json::parse(R"({"os":3,"app":4,"\"q\"":2})"));
  EXPECT_EQ(metadata("{}", click(R"(,"metadata":{"x":1})")), json::parse(R"({"x":1})"));
  EXPECT_EQ(metadata("{}", click()), json());
}

TEST(StamperTest, TheContextIsKeptForTheLettersOfRejectedEvents) {
  const auto with = stamped(R"({"context":{"app":"A","note":"anna@example.com"},"events":[{}]})");
  EXPECT_EQ(json::parse(with->context_json), json::parse(R"({"app":"A","note":"[email]"})"));
  EXPECT_EQ(stamped(R"({"events":[{}]})")->context_json, "");
}

TEST(RecordTest, NamesAreNotRepeatedInMergedMetadata) {
  const auto batch = stamped(R"({"context":{"app":"A","os":"L"},"events":[)" +
                             click(R"(,"metadata":{"os":"own"})") + "]}");
  EXPECT_THAT(std::string(batch->events[0].record),
              ::testing::HasSubstr(R"("metadata":{"app":"A","os":"own"})"));
}

TEST(RecordTest, EveryEventOfABatchHasItsOwn) {
  std::string events;
  for (int i = 1; i <= 300; ++i)
    events += (i == 1 ? "" : ",") + click(R"(,"seq":)" + std::to_string(i));
  const auto batch =
      stamped(R"({"installId":"i","context":{"app":"A"},"events":[)" + events + "]}");
  for (const Event& event : batch->events) {
    const json record = json::parse(event.record);
    EXPECT_EQ(record["seq"], event.seq);
    EXPECT_EQ(record["eventId"], event.event_id.text());
    EXPECT_EQ(record["metadata"]["app"], "A");
  }
}

TEST(RecordTest, ARejectedEventKeepsItsDeadLetter) {
  EXPECT_EQ(stamped(R"([{"eventType":"Other"}])")->events[0].record, R"({"eventType":"Other"})");
}

TEST(RecordTest, WhatWasMaskedStaysMasked) {
  const auto batch = stamped(
      R"({"installId":"a@corp.example","context":{"owner":"b@corp.example"},"events":[)" +
      click(
          R"(,"userId":"c@corp.example","correlationId":"d@corp.example","e@corp.example":"f@corp.example")") +
      "]}");
  EXPECT_EQ(batch->events[0].record.find('@'), std::string_view::npos) << batch->events[0].record;
  EXPECT_EQ(batch->events[0].correlation_id, "[email]");
}

TEST(Stamper, AnIdAndACorrelationThatAreThereAlreadyStay) {
  auto batch = decode_with(
      json_head(),
      R"({"installId":"i","events":[{"seq":1,"eventType":"UserActivity","activityType":"Click",)"
      R"("timestamp":"2024-12-08T12:34:56.789Z"}]})");
  const wire::Uuid id = wire::name_uuid(wire::Uuid{}, "of a dead letter");
  batch->events[0].event_id = id;
  batch->stamped_correlation_id = "of its batch";
  Validator().check(*batch);
  Stamper().apply(*batch);
  const json record = json::parse(batch->events[0].record);
  EXPECT_EQ(record["eventId"], id.text());
  EXPECT_EQ(record["correlationId"], "of its batch");
}

}  // namespace
}  // namespace penstock::gateway
