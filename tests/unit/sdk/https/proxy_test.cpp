// Goal: what a person writes into proxy, https_proxy and no_proxy is understood as curl understands
// it, or refused with a text that does not show it. Method: parse and match.
#include "https/proxy.hpp"

#include <gmock/gmock.h>

namespace penstock::https {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ProxyTest, SchemeDecidesKindAndPort) {
  const auto plain = parse_proxy("proxy.example");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->kind, Proxy::Kind::kHttp);
  EXPECT_FALSE(plain->address.tls);
  EXPECT_FALSE(plain->has_credentials);
  EXPECT_EQ(plain->address.host_and_port(), "proxy.example:80");
  EXPECT_EQ(parse_proxy("http://proxy.example:3128/")->address.host_and_port(),
            "proxy.example:3128");
  EXPECT_TRUE(parse_proxy("HTTPS://proxy.example")->address.tls);
  EXPECT_EQ(parse_proxy("https://proxy.example")->address.port, 443);
  EXPECT_EQ(parse_proxy("socks5h://[::1]")->kind, Proxy::Kind::kSocks5);
  EXPECT_EQ(parse_proxy("socks5://[::1]")->address.host_and_port(), "[::1]:1080");
}

TEST(ProxyTest, UserAndPasswordAreDecoded) {
  const auto proxy = parse_proxy("http://a%40b:p%3aw%2F@d@proxy:1");
  ASSERT_TRUE(proxy) << proxy.status().message();
  EXPECT_EQ(proxy->user, "a@b");
  EXPECT_EQ(proxy->password, "p:w/@d");
  EXPECT_EQ(proxy->address.host_and_port(), "proxy:1");
  EXPECT_EQ(parse_proxy("Aladdin:open%20sesame@proxy")->authorization(),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(parse_proxy("user@proxy")->authorization(), "Basic dXNlcjo=");
}

TEST(ProxyTest, WhatIsNoneIsRefusedAndNotShown) {
  const std::string longest(255, 's');
  EXPECT_TRUE(parse_proxy("u:" + longest + "@proxy"));
  for (const std::string& text :
       {std::string("http://"), std::string("socks4://s3cret@proxy"), std::string("ftp://s3cret"),
        std::string("http://u:s3cret@"), std::string("http://:s3cret@proxy"),
        std::string("http://u:s3cret%2@proxy"), std::string("http://u:s3cret%00@proxy"),
        std::string("http://u:s3cret@proxy:0"), std::string("http://u:s3cret@proxy:x"),
        std::string("http://u:s3cret@proxy/path"), std::string("http://u: s3cret@proxy"),
        std::string("http://a%3Ab:s3cret@proxy"), "u:s3cret" + longest + "@proxy"}) {
    const auto proxy = parse_proxy(text);
    EXPECT_EQ(proxy.status().code(), StatusCode::kInvalidOption) << text;
    EXPECT_THAT(proxy.status().message(), Not(HasSubstr("s3cret")));
  }
}

}  // namespace
}  // namespace penstock::https
