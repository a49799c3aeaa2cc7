// Goal: help fits into a terminal, and loses no word. Method: lines around the width.
#include "help_text.hpp"

#include <gtest/gtest.h>

namespace penstock::ctl {
namespace {

TEST(HelpTextTest, LinesThatFitStayAsTheyAre) {
  const std::string help = "Usage: x\n\n  --a    what\n";
  EXPECT_EQ(wrapped(help, 40, 9), help);
  EXPECT_EQ(wrapped("", 40, 9), "");
  EXPECT_EQ(wrapped("12345 789", 9, 3), "12345 789");
}

TEST(HelpTextTest, LongOnesAreBrokenBetweenWordsOptionsBehindTheirColumn) {
  EXPECT_EQ(wrapped("one two three four\n", 10, 4), "one two\nthree four\n");
  EXPECT_EQ(wrapped("  --a  one two three four\n", 16, 7),
            "  --a  one two\n       three\n       four\n");
}

TEST(HelpTextTest, AWordThatIsLongerThanALineStaysWhole) {
  EXPECT_EQ(wrapped("anna@example.com is", 10, 4), "anna@example.com is");
  EXPECT_EQ(wrapped("  --a  averyveryverylongword\n", 12, 7), "  --a  averyveryverylongword\n");
}

}  // namespace
}  // namespace penstock::ctl
