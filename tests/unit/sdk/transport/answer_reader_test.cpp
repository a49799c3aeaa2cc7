// Goal: only a gateway's own, whole answer to just this batch counts as an acknowledgement, and no
// error text carries anything that it should not. Method: true answers, and every way to be almost
// one.
#include "transport/answer_reader.hpp"

#include <gtest/gtest.h>

#include "https/client.hpp"

namespace penstock::transport {
namespace {

// As deep as the longest body that is read allows.
std::string repeated(const std::string& text) {
  std::string all;
  while (all.size() + text.size() <= https::kAnswerBodyBytesMax) all += text;
  return all;
}

TEST(VerdictsTest, AllAccepted) {
  const auto verdicts = read_verdicts(R"({"accepted":3,"rejected":[]})", 3);
  ASSERT_TRUE(verdicts);
  EXPECT_EQ(verdicts->accepted, 3u);
  EXPECT_TRUE(verdicts->rejected.empty());
}

TEST(VerdictsTest, RejectedEventsAreNamedInTheirOrder) {
  const auto verdicts = read_verdicts(
      R"({"rejected":[{"index":2,"code":"too_deep","message":"x"},{"index":0,"code":"y"}],"accepted":1})",
      3);
  ASSERT_TRUE(verdicts);
  EXPECT_EQ(verdicts->accepted, 1u);
  EXPECT_EQ(verdicts->rejected, (std::vector<std::size_t>{0, 2}));
}

TEST(VerdictsTest, FieldsOfALaterProtocolAreIgnored) {
  EXPECT_TRUE(read_verdicts(R"({"accepted":1,"rejected":[],"traceId":"x"})", 1));
}

TEST(VerdictsTest, EveryTruncationIsRefused) {
  const std::string whole = R"({"accepted":1,"rejected":[{"index":1,"code":"too_deep"}]})";
  ASSERT_TRUE(read_verdicts(whole, 2));
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    EXPECT_FALSE(read_verdicts(whole.substr(0, bytes), 2)) << bytes;
  }
}

TEST(VerdictsTest, WhatIsAlmostAnAnswerIsRefused) {
  for (const char* body : {
           "<html>Please log in</html>",
           "[]",
           "null",
           "2",
           R"({"accepted":2})",
           R"({"rejected":[]})",
           R"({"accepted":1,"rejected":[]})",
           R"({"accepted":3,"rejected":[]})",
           R"({"accepted":-1,"rejected":[]})",
           R"({"accepted":2.0,"rejected":[]})",
           R"({"accepted":"2","rejected":[]})",
           R"({"accepted":2,"rejected":{}})",
           R"({"accepted":2,"rejected":[{"index":0}]})",
           R"({"accepted":1,"rejected":[1]})",
           R"({"accepted":1,"rejected":[{}]})",
           R"({"accepted":1,"rejected":[{"index":2}]})",
           R"({"accepted":1,"rejected":[{"index":-1}]})",
           R"({"accepted":0,"rejected":[{"index":1},{"index":1}]})",
           R"({"accepted":18446744073709551615,"rejected":[{"index":0},{"index":1},{"index":2}]})",
       }) {
    EXPECT_FALSE(read_verdicts(body, 2)) << body;
  }
}

TEST(VerdictsTest, NoDepthOfAnAnswerTouchesTheStack) {
  for (const char* level : {"[", "{\"a\":", "[{\"index\":", "[0,["}) {
    const std::string deep = repeated(level);
    for (const std::string& before :
         {std::string(), std::string(R"({"accepted":1,"rejected":)"), std::string(R"({"x":)"),
          std::string(R"({"accepted":1,"rejected":[],"x":)")}) {
      EXPECT_FALSE(read_verdicts(before + deep, 1)) << before << level;
      EXPECT_FALSE(confirms_erasure(before + deep)) << before << level;
      EXPECT_EQ(read_problem(before + deep, "secret"), "") << before << level;
    }
  }
}

TEST(VerdictsTest, AWholeAnswerThatIsTooDeepIsNone) {
  const auto answer = [](std::size_t depth) {
    return R"({"accepted":1,"rejected":[],"x":)" + std::string(depth, '[') +
           std::string(depth, ']') + "}";
  };
  EXPECT_TRUE(read_verdicts(answer(31), 1));
  EXPECT_FALSE(read_verdicts(answer(32), 1));
  EXPECT_FALSE(read_verdicts(answer(100'000), 1));
  EXPECT_FALSE(confirms_erasure(answer(100'000)));
  EXPECT_EQ(read_problem(R"({"code":"x","detail":)" + std::string(100'000, '[') +
                             std::string(100'000, ']') + "}",
                         "secret"),
            "");
}

TEST(ProblemTest, CodeAndDetailAreGiven) {
  EXPECT_EQ(read_problem(R"({"code":"unknown_key","title":"Unauthorized","detail":"no such key"})",
                         "secret"),
            "unknown_key: no such key");
  EXPECT_EQ(read_problem(R"({"title":"Unauthorized"})", "secret"), "Unauthorized");
  EXPECT_EQ(read_problem(R"({"code":"draining"})", "secret"), "draining");
}

TEST(ProblemTest, WhatIsNoProblemGivesNothing) {
  for (const char* body : {"", "<html>", "[]", R"({"detail":5})"})
    EXPECT_EQ(read_problem(body, "secret"), "") << body;
}

TEST(ProblemTest, ATextThatEchoesTheKeyIsLeftOut) {
  EXPECT_EQ(read_problem(R"({"detail":"bad header: Bearer s3cr\u0065t"})", "s3cret"), "");
}

TEST(ProblemTest, TheTextIsOneBoundedLineOfPrintableCharacters) {
  const std::string long_text(5000, 'x');
  EXPECT_EQ(read_problem(R"({"detail":")" + long_text + R"("})", "s").size(), 200u);
  EXPECT_EQ(read_problem(R"({"detail":"a\n\u001b[31mb"})", "s"), "a??[31mb");
}

}  // namespace
}  // namespace penstock::transport
