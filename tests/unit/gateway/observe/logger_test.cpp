// Goal: each line is one line that a machine can read, whatever text comes in.
// Method: format_log_line(), read back; Logger itself by what it writes to standard error.
#include "observe/logger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace penstock::gateway {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kTime = 1733661296789;  // 2024-12-08T12:34:56.789Z

TEST(LoggerTest, AJsonLineHoldsTimeLevelMessageAndFields) {
  const auto line = format_log_line(true, LogSeverity::kInfo, "listening",
                                    {{"address", "::1"}, {"port", 8443}, {"tls", true}}, kTime);
  EXPECT_EQ(line, R"({"time":"2024-12-08T12:34:56.789Z","level":"info","message":"listening",)"
                  R"("address":"::1","port":8443,"tls":true})");
}

TEST(LoggerTest, ATextLineIsForPeople) {
  EXPECT_EQ(format_log_line(false, LogSeverity::kWarning, "Kafka is away", {{"brokers", "a:9092"}},
                            kTime),
            "2024-12-08T12:34:56.789Z warning Kafka is away brokers=\"a:9092\"");
}

TEST(LoggerTest, NoTextBreaksOutOfItsLine) {
  const std::string hostile = "a\n{\"level\":\"error\"}\"\x01";
  for (const bool as_json : {true, false}) {
    const auto line =
        format_log_line(as_json, LogSeverity::kInfo, hostile, {{"f", hostile}}, kTime);
    EXPECT_THAT(line, Not(HasSubstr("\n")));
  }
  const auto line = format_log_line(true, LogSeverity::kInfo, hostile, {{"f", hostile}}, kTime);
  EXPECT_EQ(json::parse(line).at("message"), hostile);
}

TEST(LoggerTest, ALineThatIsTooLongLosesItsFieldsAndStaysJson) {
  const std::string huge(100000, '\x01');
  const auto line = format_log_line(true, LogSeverity::kError, huge, {{"f", huge}}, kTime);
  const auto object = json::parse(line);
  EXPECT_EQ(object.at("level"), "error");
  EXPECT_FALSE(object.contains("f"));
}

TEST(LoggerTest, WritesToStandardErrorWhatIsSevereEnough) {
  ::testing::internal::CaptureStderr();
  const Logger logger({.least = LogSeverity::kWarning, .json = true});
  logger.debug("one");
  logger.info("two");
  logger.warning("three {}");
  logger.error("four", {{"n", 4}});
  const auto written = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(written, Not(HasSubstr("one")));
  EXPECT_THAT(written, Not(HasSubstr("two")));
  EXPECT_THAT(written, HasSubstr("\"three {}\""));
  EXPECT_THAT(written, HasSubstr("\"n\":4}\n"));
}

}  // namespace
}  // namespace penstock::gateway
