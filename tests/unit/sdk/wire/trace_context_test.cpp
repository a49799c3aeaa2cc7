// Goal: what W3C Trace Context calls valid is read, all else is as if it were not there.
// Method: the specification's example, changed in one place at a time.
#include "wire/trace_context.hpp"

#include <gtest/gtest.h>

#include <string>

namespace penstock::wire {
namespace {

const std::string kValid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string changed(std::size_t at, const std::string& to) {
  std::string text = kValid;
  return text.replace(at, to.size(), to);
}

TEST(TraceContextTest, ReadsTheSpecificationsExample) {
  const auto context = parse_traceparent(kValid);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(context->parent_id, "00f067aa0ba902b7");
  EXPECT_TRUE(context->sampled);
}

TEST(TraceContextTest, ReadsTheSampledFlagOutOfAllFlags) {
  EXPECT_FALSE(parse_traceparent(changed(53, "00"))->sampled);
  EXPECT_TRUE(parse_traceparent(changed(53, "ff"))->sampled);
  EXPECT_FALSE(parse_traceparent(changed(53, "0a"))->sampled);
}

TEST(TraceContextTest, ReadsLaterVersionsByTheRulesOfTheFirst) {
  EXPECT_TRUE(parse_traceparent(changed(0, "01")));
  EXPECT_TRUE(parse_traceparent(changed(0, "cc") + "-what-the-future-will-bring"));
}

TEST(TraceContextTest, WhatIsPassedOnIsVersionZeroAndNothingBehindIt) {
  const auto passed_on = [](const std::string& text) {
    return format_traceparent(*parse_traceparent(text));
  };
  EXPECT_EQ(passed_on(kValid), kValid);
  EXPECT_EQ(passed_on(changed(53, "ff")), kValid);
  EXPECT_EQ(passed_on(changed(53, "0a")), changed(53, "00"));
  for (const char* behind : {"", "-", "-anna.smith@example.com", "-\t\xff"})
    EXPECT_EQ(passed_on(changed(0, "cc") + behind), kValid) << behind;
}

TEST(TraceContextTest, RefusesAllElse) {
  const std::string bad[] = {"",
                             "00",
                             kValid.substr(0, kValid.size() - 1),
                             kValid + "-extra",
                             kValid + "0",
                             changed(0, "ff"),
                             changed(0, "0G"),
                             changed(0, "01") + "extra",
                             changed(3, "00000000000000000000000000000000"),
                             changed(36, "0000000000000000"),
                             changed(3, "A"),
                             changed(36, "g"),
                             changed(53, "0x"),
                             changed(2, "_"),
                             changed(35, "_"),
                             changed(52, "_"),
                             changed(10, std::string(1, '\0'))};
  for (const auto& text : bad) EXPECT_FALSE(parse_traceparent(text)) << text;
}

}  // namespace
}  // namespace penstock::wire
