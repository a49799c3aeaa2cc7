// Goal: every value becomes one line, most with their own bytes. Method: values of each kind.
#include "ndjson_line.hpp"

#include <gtest/gtest.h>

namespace penstock::ctl {
namespace {

std::string ndjson_of(std::string_view value) {
  std::string lines;
  append_ndjson_line(lines, value);
  return lines;
}

TEST(NdjsonLine, KeepsTheBytesOfAValueThatIsALine) {
  EXPECT_EQ(ndjson_of(R"({"b" : 1.0, "a":"\u00e4"})"), R"({"b" : 1.0, "a":"\u00e4"})");
}

TEST(NdjsonLine, AValueOfSeveralLinesBecomesOne) {
  EXPECT_EQ(ndjson_of("{\n  \"b\": 1,\r\n  \"a\": \"\\n\"\n}"), R"({"b":1,"a":"\n"})");
  EXPECT_EQ(ndjson_of("no\nJSON"), R"("no\nJSON")");
  EXPECT_EQ(ndjson_of(""), R"("")");
}

}  // namespace
}  // namespace penstock::ctl
