// Goal: what the gateway does not take it refuses as the protocol says, as a problem that holds
// neither key nor payload, and nothing of it is in Kafka.
// Method: raw requests, and raw TLS, to the real gateway.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "integration/gateway_fixture.hpp"
#include "unit/gateway/decode/compression.hpp"

namespace penstock::test {
namespace {

using gateway::testing::gzipped;
using gateway::testing::zstandard;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class GatewayRefusalTest : public GatewayTest {
 protected:
  static constexpr const char* kSecret = "pk_of_somebody_else";
  static constexpr const char* kContent = "secret-content";

  static void expect_problem(const HttpAnswer& answer, int status, const std::string& code) {
    SCOPED_TRACE(code + " was expected, and this came: " + answer.body + answer.error);
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    const Json problem = Json::parse(answer.body, nullptr, false);
    ASSERT_TRUE(problem.is_object());
    EXPECT_EQ(problem.value("status", 0), status);
    EXPECT_EQ(problem.value("code", ""), code);
    EXPECT_EQ(problem.value("type", ""), "urn:penstock:problem:" + code);
    EXPECT_FALSE(problem.value("title", "").empty());
    EXPECT_FALSE(problem.value("detail", "").empty());
    EXPECT_THAT(answer.body, AllOf(Not(HasSubstr(kSecret)), Not(HasSubstr(kContent))));
  }
  HttpAnswer post_chunked(const std::string& body) const {
    return HttpClient(gateway_->base_url(), gateway_->ca_file())
        .post_chunked("/v1/events", body, headers_for(*gateway_));
  }
  static void expect_nothing_in_kafka() {
    for (const char* topic : {"user-activity", "db-changes", "dead-letter"})
      EXPECT_THAT(records(topic), IsEmpty());
  }
};

TEST_F(GatewayRefusalTest, WithoutTheRightKeyNothingIsTaken) {
  start();
  const std::string good = click(1, kContent).dump();
  expect_problem(post(good, {{"Authorization", ""}}), 401, "missing_key");
  expect_problem(post(good, {{"Authorization", kSecret}}), 401, "missing_key");
  const auto unknown = post(good, {{"Authorization", std::string("Bearer ") + kSecret}});
  expect_problem(unknown, 401, "unknown_key");
  EXPECT_EQ(unknown.header("www-authenticate"), "Bearer");
  expect_nothing_in_kafka();
  EXPECT_THAT(gateway_->log(), Not(HasSubstr(kSecret)));
}

TEST_F(GatewayRefusalTest, WhatIsNoBatchIsToldWhy) {
  start();
  const std::string good = click(1, kContent).dump();
  expect_problem(post(good, {{"Content-Type", "text/plain"}}), 415, "unsupported_type");
  expect_problem(post(good, {{"Content-Encoding", "br"}}), 415, "unsupported_encoding");
  expect_problem(post(good, {{"Content-Encoding", "gzip"}}), 400, "damaged_body");
  expect_problem(post(good, {{"Content-Encoding", "zstd"}}), 400, "damaged_body");
  expect_problem(post(gzipped(good).substr(0, 40), {{"Content-Encoding", "gzip"}}), 400,
                 "damaged_body");
  expect_problem(post(""), 400, "not_a_batch");
  expect_problem(post("{\"secret-content\":"), 400, "not_a_batch");
  expect_problem(post(R"({"events":"secret-content"})"), 400, "not_a_batch");
  expect_problem(post(R"({"sentAt":"secret-content","events":[]})"), 400, "invalid_batch");
  expect_problem(post(good, {{"Idempotency-Key", std::string(257, 'k')}}), 400,
                 "invalid_idempotency_key");
  expect_nothing_in_kafka();
}

TEST_F(GatewayRefusalTest, WhatIsTooLargeIsRefusedHoweverItIsSent) {
  GatewayOptions options = options_here();
  options.environment["PENSTOCK_LIMITS_BODY_BYTES"] = "64KiB";
  options.environment["PENSTOCK_LIMITS_EVENTS_PER_BATCH"] = "3";
  start(options);
  const std::string large = click(1, kContent).dump() + std::string(100'000, ' ');
  expect_problem(post(large), 413, "body_too_large");
  expect_problem(post_chunked(large), 413, "body_too_large");
  const std::string inflated(32 * 1024 * 1024, ' ');
  expect_problem(post(gzipped(inflated), {{"Content-Encoding", "gzip"}}), 413,
                 "inflated_too_large");
  expect_problem(post(zstandard(inflated), {{"Content-Encoding", "zstd"}}), 413,
                 "inflated_too_large");
  expect_problem(post(batch_of({click(1), click(2), click(3), click(4)}).dump()), 413,
                 "too_many_events");
  expect_nothing_in_kafka();
  EXPECT_EQ(post(batch_of({click(1), click(2), click(3)}).dump()).status, 200);
}

TEST_F(GatewayRefusalTest, OtherPathsAndMethodsAreNotThere) {
  const GatewayProcess& gateway = start();
  const HttpClient client(gateway.base_url(), gateway.ca_file());
  const auto got = client.get("/v1/events", headers_for(gateway));
  expect_problem(got, 405, "method_not_allowed");
  EXPECT_EQ(got.header("allow"), "POST");
  expect_problem(client.post("/nowhere", "{}", headers_for(gateway)), 404, "not_found");
  for (const char* internal : {"/metrics", "/readyz", "/version"})
    EXPECT_EQ(client.get(internal).status, 404) << internal << " is for the admin port alone";
}

TEST_F(GatewayRefusalTest, KeyThatSendsTooManyRequestsIsToldWhenToComeBack) {
  GatewayOptions options = options_here();
  options.requests_per_second = 1;
  start(options);
  HttpAnswer answer;
  ASSERT_TRUE(eventually([&] {
    answer = post(click(1).dump());
    return answer.status == 429;
  }));
  expect_problem(answer, 429, "rate_limited");
  EXPECT_GE(std::stoi(answer.header("retry-after")), 1);
  EXPECT_GE(std::stoi(answer.header("ratelimit-limit")), 1);
  EXPECT_EQ(answer.header("ratelimit-remaining"), "0");
  EXPECT_GE(std::stoi(answer.header("ratelimit-reset")), 1);
  EXPECT_TRUE(eventually([&] { return post(click(2).dump()).status == 200; }));
}

TEST_F(GatewayRefusalTest, KeyThatSendsTooManyEventsIsToldWhenToComeBack) {
  GatewayOptions options = options_here();
  options.events_per_second = 2;
  start(options);
  HttpAnswer answer;
  ASSERT_TRUE(eventually([&] {
    answer = post(batch_of({click(1), click(2), click(3), click(4)}).dump());
    return answer.status == 429;
  }));
  expect_problem(answer, 429, "rate_limited");
  EXPECT_GE(std::stoi(answer.header("retry-after")), 1);
}

// The version that a client which knows none but `version` gets, 0 if it is refused.
int negotiated(const GatewayProcess& gateway, int version) {
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(BIO* bio) const { BIO_free_all(bio); }
  };
  const std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_security_level(context.get(), 0);  // else OpenSSL itself would refuse the old ones
  SSL_CTX_set_min_proto_version(context.get(), version);
  SSL_CTX_set_max_proto_version(context.get(), version);
  const std::unique_ptr<BIO, Free> connection(BIO_new_ssl_connect(context.get()));
  BIO_set_conn_hostname(connection.get(), "127.0.0.1");
  BIO_set_conn_port(connection.get(), std::to_string(gateway.port()).c_str());
  if (BIO_do_handshake(connection.get()) != 1) return 0;
  SSL* ssl = nullptr;
  BIO_get_ssl(connection.get(), &ssl);
  return SSL_version(ssl);
}

TEST_F(GatewayRefusalTest, OnlyNewVersionsOfTlsAreSpokenAndNothingPlain) {
  const GatewayProcess& gateway = start();
  EXPECT_EQ(negotiated(gateway, TLS1_VERSION), 0);
  EXPECT_EQ(negotiated(gateway, TLS1_1_VERSION), 0);
  EXPECT_EQ(negotiated(gateway, TLS1_2_VERSION), TLS1_2_VERSION);
  EXPECT_EQ(negotiated(gateway, TLS1_3_VERSION), TLS1_3_VERSION);

  const HttpClient plain("http://127.0.0.1:" + std::to_string(gateway.port()));
  const auto answer = plain.post("/v1/events", click(1, kContent).dump(), headers_for(gateway));
  EXPECT_EQ(answer.status, 400) << answer.error;
  EXPECT_THAT(answer.body, HasSubstr("https:"));
  expect_nothing_in_kafka();
}

// Who sends what, told without what they sent.
TEST_F(GatewayRefusalTest, AtDebugLevelEachRefusedRequestIsALineWithItsKeysId) {
  auto options = options_here();
  options.environment["PENSTOCK_LOG_LEVEL"] = "debug";
  start(options);
  post(batch_of({click(1, kContent), {{"eventType", kContent}}}).dump());
  post("{" + std::string(kContent));
  post(click(1, kContent).dump(), {{"Authorization", std::string("Bearer ") + kSecret}});
  const auto log = gateway_->log();
  EXPECT_THAT(log, AllOf(HasSubstr(R"(debug   request refused status=400 code="not_a_batch" )"
                                   R"(key_id="test-app" body_bytes=15)"),
                         HasSubstr(R"(request refused status=401 code="unknown_key" key_id="")"),
                         Not(HasSubstr(kSecret)), Not(HasSubstr(kContent))));
  const auto metrics = admin("/metrics").body;
  for (const char* line :
       {R"(penstock_key_requests_total{key="test-app"} 2)",
        R"(penstock_key_events_accepted_total{key="test-app"} 1)",
        R"(penstock_key_events_rejected_total{code="unknown_event_type",key="test-app"} 1)",
        R"(penstock_key_requests_refused_total{code="not_a_batch",key="test-app"} 1)",
        R"(penstock_requests_refused_total{code="unknown_key"} 1)"})
    EXPECT_THAT(metrics, HasSubstr(std::string("\n") + line + "\n"));
}

}  // namespace
}  // namespace penstock::test
