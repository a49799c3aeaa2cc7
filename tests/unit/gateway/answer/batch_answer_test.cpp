// Goal: the 200 body is JSON that names each rejected event, whatever text its reason holds.
// Method: batches with and without rejects; the body read back with a JSON parser that is not ours.
#include "answer/batch_answer.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace penstock::gateway {
namespace {

using nlohmann::json;

TEST(BatchAnswerTest, ABatchWithoutRejectsIsAcceptedWhole) {
  Batch batch;
  batch.events.resize(256);
  const Answer answer = batch_answer(batch);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.body, R"({"accepted":256,"rejected":[]})");
}

TEST(BatchAnswerTest, AnEmptyBatchIsAnAnswerToo) {
  EXPECT_EQ(batch_answer(Batch{}).body, R"({"accepted":0,"rejected":[]})");
}

TEST(BatchAnswerTest, EachRejectedEventHasItsIndexCodePointerAndMessage) {
  Batch batch;
  batch.events.resize(3);
  for (std::uint32_t i = 0; i < 3; ++i) batch.events[i].index = i;
  batch.events[0].reject = Reject{wire::RejectCode::kMissingField, "/timestamp", "is required"};
  batch.events[2].reject = Reject{wire::RejectCode::kTooDeep, "", "at most 32 levels"};
  EXPECT_EQ(json::parse(batch_answer(batch).body), json::parse(R"({"accepted":1,"rejected":[
    {"index":0,"code":"missing_field","pointer":"/timestamp","message":"is required"},
    {"index":2,"code":"too_deep","pointer":"","message":"at most 32 levels"}]})"));
}

TEST(BatchAnswerTest, TextsOfAnyBytesAndLengthStayJson) {
  const std::string controls(5000, '\x01');  // each becomes six bytes
  Batch batch;
  batch.events.resize(2);
  batch.events[0].reject = Reject{wire::RejectCode::kWrongType, controls, controls};
  batch.events[1].reject = Reject{wire::RejectCode::kInvalidUtf8, "/a\"b\\c", "\xff\xfe"};
  const auto rejected = json::parse(batch_answer(batch).body).at("rejected");
  EXPECT_EQ(rejected[0].at("pointer"), controls);
  EXPECT_EQ(rejected[0].at("message"), controls);
  EXPECT_EQ(rejected[1].at("pointer"), "/a\"b\\c");
}

}  // namespace
}  // namespace penstock::gateway
