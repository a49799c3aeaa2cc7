// Goal: only an answer to just this batch acknowledges it. Method: answers of gateways, of captive
// portals, and of neither.
#include "gateway_answer.hpp"

#include <gtest/gtest.h>

namespace penstock::ctl {
namespace {

TEST(GatewayVerdicts, CountsWhatFitsTheBatch) {
  const auto verdicts = read_verdicts(
      R"({"accepted":2,"rejected":[{"index":1,"code":"missing_field"},{"index":3,"code":"x"}]})",
      4);
  ASSERT_TRUE(verdicts.has_value());
  EXPECT_EQ(verdicts->accepted, 2U);
  EXPECT_EQ(verdicts->rejected, 2U);
  EXPECT_EQ(verdicts->codes.at("missing_field"), 1U);
  EXPECT_TRUE(read_verdicts(R"({"accepted":1})", 1).has_value());
}

TEST(GatewayVerdicts, AnythingElseIsNoAnswer) {
  for (const char* body :
       {"", "<html>", "{}", "[]", R"({"accepted":-1})", R"({"accepted":2})", R"({"accepted":"1"})",
        R"({"accepted":0})", R"({"accepted":0,"rejected":[1]})", R"({"accepted":1,"rejected":{}})",
        R"({"accepted":18446744073709551615,"rejected":[{},{}]})"})
    EXPECT_FALSE(read_verdicts(body, 1).has_value()) << body;
}

TEST(GatewayProblem, IsCodeAndDetailWithoutControls) {
  EXPECT_EQ(problem_text(R"({"code":"unknown_key","detail":"no client"})"),
            "unknown_key: no client");
  EXPECT_EQ(problem_text(R"({"code":"a\u001b[2J"})").find('\x1b'), std::string::npos);
  EXPECT_EQ(problem_text("no JSON"), "");
}

TEST(KeepsEventId, NeedsInstallIdAndSeq) {
  EXPECT_TRUE(keeps_event_id(R"({"installId":"i","seq":0})"));
  for (const char* event : {"", "[]", "{}", R"({"seq":1})", R"({"installId":"i"})",
                            R"({"installId":"i","seq":"1"})", R"({"installId":1,"seq":1})"})
    EXPECT_FALSE(keeps_event_id(event)) << event;
}

}  // namespace
}  // namespace penstock::ctl
