// Goal: a head becomes what its client meant, or is refused where that could be read in two ways.
// Method: whole heads as text.
#include "http/head_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace penstock::gateway {
namespace {

using ::testing::HasSubstr;

std::string head_with(const std::string& lines) {
  return "POST /v1/events HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n";
}

std::string refusal(const std::string& head) {
  const auto parsed = parse_head(head);
  return parsed ? "none" : std::to_string(parsed.error().status) + " " + parsed.error().detail;
}

TEST(HeadParserTest, EachKnownHeaderGetsIntoItsPlace) {
  const std::string text = head_with(
      "Authorization: Bearer abc\r\ncontent-type:application/json\r\nContent-Encoding: gzip \r\n"
      "IDEMPOTENCY-KEY: key-1\r\nTraceparent: 00-1-2-01\r\nx-correlation-id: flow-1\r\n"
      "X-Other: ignored\r\nContent-Length: 42\r\n");
  const auto parsed = parse_head(text);
  ASSERT_TRUE(parsed);
  const auto& head = parsed->head;
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.path, "/v1/events");
  EXPECT_EQ(head.authorization, "Bearer abc");
  EXPECT_EQ(head.content_type, "application/json");
  EXPECT_EQ(head.content_encoding, "gzip");
  EXPECT_EQ(head.idempotency_key, "key-1");
  EXPECT_EQ(head.traceparent, "00-1-2-01");
  EXPECT_EQ(head.correlation_id, "flow-1");
  EXPECT_EQ(head.content_length, 42U);
  EXPECT_EQ(parsed->body_bytes, 42U);
  EXPECT_FALSE(parsed->chunked);
}

TEST(HeadParserTest, ViewsPointIntoTheBytesGiven) {
  const std::string text = head_with("Authorization: Bearer abc\r\n");
  const auto parsed = parse_head(text);
  ASSERT_TRUE(parsed);
  EXPECT_GE(parsed->head.authorization.data(), text.data());
  EXPECT_LT(parsed->head.authorization.data(), text.data() + text.size());
}

TEST(HeadParserTest, AChunkedBodyHasNoLength) {
  const auto parsed = parse_head(head_with("Transfer-Encoding: Chunked\r\n"));
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->chunked);
  EXPECT_EQ(parsed->head.content_length, std::nullopt);
}

TEST(HeadParserTest, WithoutEitherThereIsNoBody) {
  const auto parsed = parse_head(head_with(""));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->head.content_length, 0U);
}

TEST(HeadParserTest, ThePathIsWithoutQueryAndHost) {
  const auto path = [](const std::string& target) {
    const std::string text = "POST " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const auto parsed = parse_head(text);
    return parsed ? std::string(parsed->head.path) : "refused";
  };
  EXPECT_EQ(path("/v1/events?x=/y"), "/v1/events");
  EXPECT_EQ(path("https://gateway.example:8443/v1/events?x"), "/v1/events");
  EXPECT_EQ(path("http://gateway.example"), "/");
  EXPECT_EQ(path("*"), "*");
}

TEST(HeadParserTest, WhatStandsInTheQueryIsNeverThePath) {
  for (const auto& [target, path] :
       {std::pair{"other?x=http://h/v1/events", "other"}, std::pair{"http://h?/v1/events", "/"},
        std::pair{"*?x", "*"}}) {
    const std::string text = "POST " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const auto parsed = parse_head(text);
    ASSERT_TRUE(parsed) << target;
    EXPECT_EQ(parsed->head.path, path) << target;
  }
}

TEST(HeadParserTest, KeepAliveIsTheDefaultOfHttp11Alone) {
  EXPECT_TRUE(parse_head(head_with(""))->keep_alive);
  EXPECT_FALSE(parse_head(head_with("Connection: close\r\n"))->keep_alive);
  const auto old = parse_head("POST /v1/events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(old) << "1.0 needs no Host";
  EXPECT_FALSE(old->keep_alive);
}

TEST(HeadParserTest, OnlyOneExpectationIsKnown) {
  EXPECT_TRUE(parse_head(head_with("Expect: 100-Continue\r\n"))->expects_continue);
  EXPECT_FALSE(parse_head(head_with(""))->expects_continue);
  EXPECT_THAT(refusal(head_with("Expect: a-miracle\r\n")), HasSubstr("417"));
}

TEST(HeadParserTest, OfHeadersThatOnlyTraceTheFirstOneCounts) {
  const std::string text = head_with("traceparent: a\r\ntraceparent: b\r\n");
  const auto parsed = parse_head(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->head.traceparent, "a");
}

TEST(HeadParserTest, AFramingThatTwoReadersCouldReadDifferentlyIsRefused) {
  const std::vector<std::string> lines = {
      "Content-Length: 5\r\nContent-Length: 6\r\n",
      "Content-Length: 5\r\nContent-Length: 5\r\n",
      "Content-Length: 5, 5\r\n",
      "Content-Length: +5\r\n",
      "Content-Length: -5\r\n",
      "Content-Length: 0x5\r\n",
      "Content-Length: 5 6\r\n",
      "Content-Length:\r\n",
      "Content-Length: 99999999999999999999999\r\n",
      "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
      "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
      "Transfer-Encoding: gzip, chunked\r\n",
      "Transfer-Encoding: chunked, gzip\r\n",
      "Transfer-Encoding: identity\r\n",
      "Transfer-Encoding: xchunked\r\n",
      "Transfer-Encoding: \"chunked\"\r\n",
      "Transfer-Encoding:\r\n",
      "Transfer-Encoding : chunked\r\n",
      "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n",
      "Content-Length : 5\r\n",
      "Content-Length\r\n: 5\r\n",
      " Content-Length: 5\r\n",
      "Content-Length: 5\r\n 6\r\n",
      "Content-Length:\r\n 5\r\n",
      "Content-Length:\n 5\r\n",
      "X: y\nContent-Length: 5\r\n",
      "X: y\rContent-Length: 5\r\n",
      std::string("Content-Length: 5\0\r\n", 20),
  };
  for (const auto& line : lines) EXPECT_THAT(refusal(head_with(line)), HasSubstr("400 ")) << line;
}

TEST(HeadParserTest, WhatDecidesAboutARequestMayComeOnce) {
  for (const std::string name :
       {"Host", "Authorization", "Content-Type", "Content-Encoding", "Idempotency-Key"}) {
    const std::string twice = name + ": a\r\n" + name + ": a\r\n";
    EXPECT_THAT(refusal(head_with(twice)), HasSubstr(name + " comes twice"));
  }
}

TEST(HeadParserTest, WhatIsNoHttp11IsRefused) {
  const std::vector<std::string> heads = {
      "POST /v1/events\r\n\r\n",
      "POST /v1/events HTTP/2.0\r\nHost: x\r\n\r\n",
      "POST /v1/events HTTP/1.2\r\nHost: x\r\n\r\n",
      "POST  /v1/events HTTP/1.1\r\nHost: x\r\n\r\n",
      "POST /v1/ev\tents HTTP/1.1\r\nHost: x\r\n\r\n",
      "PO ST /v1/events HTTP/1.1\r\nHost: x\r\n\r\n",
      "POST /v1/events HTTP/1.1\r\n\r\n",
      "POST /v1/events HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
      "\x16\x03\x01\x02 hello\r\n\r\n",
      "\r\n\r\n",
  };
  for (const auto& head : heads) EXPECT_THAT(refusal(head), HasSubstr("400 ")) << head;
}

TEST(HeadParserTest, NoDetailRepeatsWhatTheClientSent) {
  EXPECT_THAT(
      refusal(head_with("Authorization: Bearer s3cret\r\nAuthorization: Bearer s3cret\r\n")),
      ::testing::Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace penstock::gateway
