// Goal: a request belongs to the client whose key it carries, or is refused with a reason that
// shows no key. Method: heads with every shape of the Authorization header.
#include "auth/authenticator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client_named.hpp"

namespace penstock::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AuthenticatorTest : public ::testing::Test {
 protected:
  Outcome<std::shared_ptr<const ClientKey>> authenticate(std::string_view authorization) {
    RequestHead head;
    head.authorization = authorization;
    return authenticator_.authenticate(head);
  }

  std::shared_ptr<const ClientKey> app_ = client_named("app");
  KeyStore keys_{{{digest_of("s3cret"), app_}}};
  Authenticator authenticator_{keys_};
};

TEST_F(AuthenticatorTest, TheRightKeyGivesItsClient) {
  for (const char* header :
       {"Bearer s3cret", "bearer s3cret", "BEARER   s3cret", "Bearer s3cret  "}) {
    const auto outcome = authenticate(header);
    ASSERT_TRUE(outcome.ok()) << header;
    EXPECT_EQ(*outcome, app_) << header;
  }
}

TEST_F(AuthenticatorTest, NoKeyIsMissing) {
  for (const char* header :
       {"", "Bearer", "Bearer ", "Bearer    ", "Basic s3cret", "s3cret", "Bearers3cret"}) {
    const auto outcome = authenticate(header);
    ASSERT_FALSE(outcome.ok()) << header;
    EXPECT_EQ(outcome.error().status, 401) << header;
    EXPECT_EQ(outcome.error().code, "missing_key") << header;
    EXPECT_THAT(outcome.error().detail, HasSubstr("Authorization: Bearer"));
  }
}

TEST_F(AuthenticatorTest, AnotherKeyIsUnknownAndNotEchoed) {
  const auto outcome = authenticate("Bearer s3creT");
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().status, 401);
  EXPECT_EQ(outcome.error().code, "unknown_key");
  EXPECT_THAT(outcome.error().detail, Not(HasSubstr("s3cre")));
}

TEST_F(AuthenticatorTest, KeysAreComparedByteForByte) {
  EXPECT_FALSE(authenticate("Bearer s3cret extra").ok());
  EXPECT_FALSE(authenticate(std::string_view("Bearer s3cret\0", 14)).ok());
}

}  // namespace
}  // namespace penstock::gateway
