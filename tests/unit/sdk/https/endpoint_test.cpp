// Goal: the address that a person writes is understood, or refused with a text that names the
// option. Method: parse.
#include "https/endpoint.hpp"

#include <gtest/gtest.h>

#include <string>

namespace penstock::https {
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
  EXPECT_EQ(parse_endpoint("HTTPS://Host/")->host_and_port(), "Host:443");
  EXPECT_EQ(parse_endpoint("https://a_b.xn--bcher-kva.example.")->port, 443);
  EXPECT_TRUE(parse_endpoint("https://" + std::string(63, 'a') + ".example"));
}

TEST(EndpointTest, LabelsAndNamesAreBounded) {
  EXPECT_FALSE(parse_endpoint("https://" + std::string(64, 'a') + ".example"));
  std::string name;
  for (int i = 0; i < 126; ++i) name += "a.";
  EXPECT_TRUE(parse_endpoint("https://" + name + "b"));
  EXPECT_FALSE(parse_endpoint("https://" + name + "bc"));
}

TEST(EndpointTest, WhatIsNoAddressIsRefusedByName) {
  for (const char* text :
       {"", "https://", "https:///", "ftp://a", "https://a:", "https://a:0", "https://a:65536",
        "https://a:x", "https://[::1", "https://[::1]x", "https://:443", "https://a/b",
        // What no resolver and no connection can be asked for
        "https://h?x=1", "https://h/?x=1", "https://h#f", "https://h\\x",
        "https://[fe80::1%25lo]:1", "https://[fe80::1%lo]", "https://[::1", "https://[h]",
        "https://[1.2.3.4]", "https://::1", "https://a..b", "https://.a", "https://.",
        "https://a b", "https://a%20b", "https://b\u00fccher", "https://1.2.3", "https://1.2.3.256",
        "https://a,b", "https://a@b", "https://a//", "https:/a", "https:a", " https://a",
        "https://a "}) {
    const auto endpoint = parse_endpoint(text);
    EXPECT_EQ(endpoint.status().code(), StatusCode::kInvalidOption) << text;
    EXPECT_NE(endpoint.status().message().find("endpoint"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace penstock::https
