// Goal: a person who reads why nothing is acknowledged learns what to do, and never the write key.
// Method: answers as the HTTPS client gives them.
#include "transport/failure_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace penstock::transport {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class FailureTextTest : public ::testing::Test {
 protected:
  static https::Answer answer(int status, std::string body = "", std::string type = "") {
    https::Answer answer;
    answer.status = status;
    answer.body = std::move(body);
    answer.content_type = std::move(type);
    return answer;
  }
  static std::string describe(const https::Answer& answer) {
    return describe_failure(answer, "gw.example:443", "wk_secret");
  }
};

TEST_F(FailureTextTest, WithoutAnAnswerTheErrorIsTheText) {
  https::Answer nothing;
  nothing.error = "gw.example:443 refused the connection";
  EXPECT_EQ(describe(nothing), nothing.error);
}

TEST_F(FailureTextTest, EachStatusNamesTheGatewayAndWhatToDo) {
  const std::pair<int, const char*> cases[] = {
      {200, "captive portal"}, {302, "endpoint"}, {400, "update"},        {401, "write_key"},
      {403, "operator"},       {404, "endpoint"}, {407, "proxy"},         {413, "too large"},
      {415, "compression"},    {429, "pause"},    {503, "Kafka is away"}, {599, "could not take"},
  };
  for (const auto& [status, hint] : cases) {
    EXPECT_THAT(
        describe(answer(status)),
        AllOf(StartsWith("gw.example:443 answered " + std::to_string(status)), HasSubstr(hint)));
  }
}

TEST_F(FailureTextTest, AProblemDocumentsCodeAndDetailFollow) {
  const std::string problem = R"({"code":"rate_limited","detail":"wait"})";
  EXPECT_THAT(describe(answer(429, problem, "application/problem+json; charset=utf-8")),
              HasSubstr("(rate_limited: wait)"));
  EXPECT_THAT(describe(answer(429, problem, "text/html")), Not(HasSubstr("rate_limited")));
}

TEST_F(FailureTextTest, AServerThatQuotesTheKeyDoesNotGetItIntoTheText) {
  const std::string problem = R"({"code":"invalid_key","detail":"no such key: wk_secret"})";
  const std::string text = describe(answer(401, problem, "application/problem+json"));
  EXPECT_THAT(text, AllOf(HasSubstr("write_key"), Not(HasSubstr("wk_secret"))));
}

TEST_F(FailureTextTest, ALongDetailIsCut) {
  const std::string problem = R"({"code":"c","detail":")" + std::string(100'000, 'x') + "\"}";
  EXPECT_LT(describe(answer(503, problem, "application/problem+json")).size(), 2000u);
}

}  // namespace
}  // namespace penstock::transport
