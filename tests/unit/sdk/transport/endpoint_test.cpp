// Goal: the address that a person writes is understood, or refused with a text that names the
// option. Method: parse.
#include "transport/endpoint.hpp"

#include <gtest/gtest.h>

namespace penstock::transport {
namespace {

TEST(EndpointTest, SchemeDecidesTlsAndPort) {
  const auto https = parse_endpoint("https://telemetry.example.com");
  ASSERT_TRUE(https);
  EXPECT_TRUE(https->tls);
  EXPECT_EQ(https->host_and_port(), "telemetry.example.com:443");
  const auto http = parse_endpoint("http://localhost/");
  ASSERT_TRUE(http);
  EXPECT_FALSE(http->tls);
  EXPECT_EQ(http->host_and_port(), "localhost:80");
}

TEST(EndpointTest, PortsAndAddressesAreRead) {
  EXPECT_EQ(parse_endpoint("https://a.example:8443")->host_and_port(), "a.example:8443");
  EXPECT_EQ(parse_endpoint("https://127.0.0.1:1/")->host_and_port(), "127.0.0.1:1");
  EXPECT_EQ(parse_endpoint("https://[::1]")->host_and_port(), "[::1]:443");
  EXPECT_EQ(parse_endpoint("https://[::1]:65535")->host, "::1");
}

TEST(EndpointTest, WhatIsNoAddressIsRefusedByName) {
  for (const char* text :
       {"", "https://", "https:///", "ftp://a", "https://a:", "https://a:0", "https://a:65536",
        "https://a:x", "https://[::1", "https://[::1]x", "https://:443", "https://a/b"}) {
    const auto endpoint = parse_endpoint(text);
    EXPECT_EQ(endpoint.status().code(), StatusCode::kInvalidOption) << text;
    EXPECT_NE(endpoint.status().message().find("endpoint"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace penstock::transport
