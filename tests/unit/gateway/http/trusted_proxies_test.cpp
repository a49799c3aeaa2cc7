// Goal: a client's address is believed from listed load balancers alone. Method: values of
// X-Forwarded-For as proxies and as attackers write them.
#include "http/trusted_proxies.hpp"

#include <gtest/gtest.h>

#include <string>

namespace penstock::gateway {
namespace {

namespace ip = boost::asio::ip;

TEST(NetworkTest, AnAddressOrANetworkIsRead) {
  const auto contains = [](const char* network, const char* address) {
    const auto parsed = Network::parse(network);
    return parsed && parsed->contains(ip::make_address(address));
  };
  EXPECT_TRUE(contains("10.1.2.3", "10.1.2.3"));
  EXPECT_FALSE(contains("10.1.2.3", "10.1.2.4"));
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(contains("10.0.0.128/25", "10.0.0.200"));
  EXPECT_FALSE(contains("10.0.0.128/25", "10.0.0.100"));
  EXPECT_TRUE(contains("0.0.0.0/0", "192.0.2.1"));
  EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(contains("10.0.0.0/8", "::ffff:10.0.0.1")) << "as a socket of both kinds says";
}

TEST(NetworkTest, AnythingElseIsRefused) {
  for (const char* text : {"", "balancer", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "10.0.0/8",
                           "2001:db8::/129", "10.0.0.0/-1", " 10.0.0.1"})
    EXPECT_FALSE(Network::parse(text)) << text;
  EXPECT_THROW(TrustedProxies({"10.0.0.0/8", "balancer"}), std::invalid_argument);
}

class ForwardedForTest : public ::testing::Test {
 protected:
  std::string client(std::string_view value) const {
    const auto found = proxies_.client_of(value);
    return found ? found->to_string() : "none";
  }

  TrustedProxies proxies_{{"10.0.0.0/8", "fd00::/8"}};
};

TEST_F(ForwardedForTest, TheLastAddressThatIsNoProxyIsTheClient) {
  EXPECT_EQ(client("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(client("192.0.2.7, 10.0.0.2"), "192.0.2.7");
  EXPECT_EQ(client("192.0.2.7:4711 ,\t[fd00::2]:80,10.0.0.2:1"), "192.0.2.7");
  EXPECT_EQ(client("[2001:db8::1]:4711"), "2001:db8::1");
  EXPECT_EQ(client("2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(client("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(client("10.0.0.9, 10.0.0.2"), "10.0.0.9") << "a client of the inner network";
}

TEST_F(ForwardedForTest, WhatAClientInventsBeforeItIsNotBelieved) {
  EXPECT_EQ(client("1.1.1.1, 192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(client("10.0.0.1, 10.0.0.1, 192.0.2.7, 10.0.0.2"), "192.0.2.7");
  EXPECT_EQ(client("nonsense, 192.0.2.7"), "192.0.2.7");
}

TEST_F(ForwardedForTest, WhatNamesNobodyNamesNobody) {
  for (const char* value :
       {"", " ", ",", "unknown", "192.0.2.7,", "_hidden", "[::1", "192.0.2.7, x"})
    EXPECT_EQ(client(value), "none") << value;
  EXPECT_EQ(client(std::string(16'000, '1')), "none");
}

TEST_F(ForwardedForTest, AHundredHopsEndTheSearch) {
  std::string value = "192.0.2.7";
  for (int i = 0; i < 100; ++i) value += ", 10.0.0.1";
  EXPECT_EQ(client(value), "none");
  EXPECT_EQ(client(value + ", 192.0.2.8"), "192.0.2.8");
}

}  // namespace
}  // namespace penstock::gateway
