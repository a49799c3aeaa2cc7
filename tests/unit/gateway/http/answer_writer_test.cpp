// Goal: an answer is one HTTP/1.1 response that says all that its status needs.
#include "http/answer_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::gateway {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class AnswerWriterTest : public ::testing::Test {
 protected:
  std::string write(int status, AnswerForm form = {}) {
    Answer answer;
    answer.status = status;
    answer.content_type = "application/json";
    answer.body = "{}";
    answer.retry_after_s = retry_after_s_;
    answer.rate_limit = rate_limit_;
    writer_.write(answer, form, out_);
    return out_;
  }

  AnswerWriter writer_;
  std::string out_ = "what was there before";
  std::optional<int> retry_after_s_;
  std::optional<RateStatus> rate_limit_;
};

TEST_F(AnswerWriterTest, StatusTypeLengthDateAndBody) {
  const auto text = write(200);
  EXPECT_THAT(text, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"));
  EXPECT_THAT(text, ContainsRegex("Date: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} "
                                  "[0-9]{2}:[0-9]{2}:[0-9]{2} GMT\r\n"));
  EXPECT_THAT(text, EndsWith("\r\n\r\n{}"));
  EXPECT_THAT(text, Not(HasSubstr("Connection")));
}

TEST_F(AnswerWriterTest, TheLastAnswerSaysSo) {
  EXPECT_THAT(write(200, {.keep_alive = false}), HasSubstr("\r\nConnection: close\r\n"));
}

TEST_F(AnswerWriterTest, TheAnswerToHeadHasTheLengthButNoBody) {
  const auto text = write(405, {.head_only = true});
  EXPECT_THAT(text, HasSubstr("Content-Length: 2\r\n"));
  EXPECT_THAT(text, EndsWith("\r\n\r\n"));
}

TEST_F(AnswerWriterTest, SomeStatusesHaveHeadersOfTheirOwn) {
  EXPECT_THAT(write(401), HasSubstr("\r\nWWW-Authenticate: Bearer\r\n"));
  EXPECT_THAT(write(405), HasSubstr("\r\nAllow: POST\r\n"));
  rate_limit_ = {.limit = 100, .remaining = 0, .reset_s = 9};
  EXPECT_THAT(write(429), HasSubstr("\r\nRateLimit-Limit: 100\r\nRateLimit-Remaining: 0\r\n"
                                    "RateLimit-Reset: 9\r\n"));
  retry_after_s_ = 7;
  EXPECT_THAT(write(503), HasSubstr("\r\nRetry-After: 7\r\n"));
}

}  // namespace
}  // namespace penstock::gateway
