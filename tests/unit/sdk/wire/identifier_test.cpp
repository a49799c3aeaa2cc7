// Goal: both ends agree on what may name a user, a session or a flow.
#include "wire/identifier.hpp"

#include <gtest/gtest.h>

#include <string>

namespace penstock::wire {
namespace {

TEST(IdentifierTest, TextOfOneByteUpToTheLimitIsOne) {
  EXPECT_TRUE(is_identifier("u"));
  EXPECT_TRUE(is_identifier("Zoë / 42"));
  EXPECT_TRUE(is_identifier(std::string(kIdentifierBytesMax - 1, 'x')));
  EXPECT_TRUE(is_identifier(std::string(kIdentifierBytesMax, 'x')));
  EXPECT_EQ(check_identifier(std::string(kIdentifierBytesMax + 1, 'x')), IdentifierFault::kTooLong);
}

TEST(IdentifierTest, EmptyTextAndControlCharactersAreNot) {
  EXPECT_EQ(check_identifier(""), IdentifierFault::kEmpty);
  for (char c = 0; c < ' '; ++c) {
    EXPECT_EQ(check_identifier(std::string("a") + c), IdentifierFault::kControlCharacter) << int{c};
  }
  EXPECT_TRUE(is_identifier("\x7F")) << "JSON needs no escape for DEL";
}

}  // namespace
}  // namespace penstock::wire
