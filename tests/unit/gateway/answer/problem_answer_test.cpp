// Goal: a refusal is problem+json by which a program can branch and a person can act.
// Method: problems with every optional part; the body read back with a JSON parser that is not
// ours.
#include "answer/problem_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reason_phrase.hpp"
#include "wire/limits.hpp"

namespace penstock::gateway {
namespace {

using nlohmann::json;
using ::testing::Optional;

TEST(ProblemAnswerTest, HoldsStatusCodeDetailAndRetryAfter) {
  const Answer answer = problem_answer({429, "rate_limited", "too many requests", 7}, "flow-1");
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.content_type, "application/problem+json");
  EXPECT_THAT(answer.retry_after_s, Optional(7));
  EXPECT_EQ(json::parse(answer.body), json::parse(R"({
    "type": "urn:penstock:problem:rate_limited", "title": "Too Many Requests", "status": 429,
    "detail": "too many requests", "code": "rate_limited", "correlationId": "flow-1"})"));
}

TEST(ProblemAnswerTest, WithoutACorrelationIdOrARetryAfterLeavesThemOut) {
  const Answer answer = problem_answer({400, "not_a_batch", "no JSON", {}}, "");
  EXPECT_FALSE(answer.retry_after_s);
  EXPECT_FALSE(json::parse(answer.body).contains("correlationId"));
}

TEST(ProblemAnswerTest, TextOfTheClientIsEscapedAndBounded) {
  const std::string hostile(10000, '"');
  const auto body = json::parse(problem_answer({400, "not_a_batch", "\x01\"", {}}, hostile).body);
  EXPECT_EQ(body.at("detail"), "\x01\"");
  EXPECT_EQ(body.at("correlationId"), std::string(wire::kHeaderValueBytesMax, '"'));
}

TEST(ProblemAnswerTest, EveryStatusOfTheProtocolHasItsPhrase) {
  for (const int status : {400, 401, 403, 404, 405, 408, 413, 415, 429, 431, 500, 503})
    EXPECT_NE(reason_phrase(status), "") << status;
  EXPECT_EQ(reason_phrase(599), "");
}

}  // namespace
}  // namespace penstock::gateway
