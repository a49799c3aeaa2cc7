// Goal: a request for erasure is acknowledged when it is in Kafka, once, and not before; it is let in
// and limited like events. Method: the real gateway on a real broker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/gateway_fixture.hpp"
#include "support/http_client.hpp"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;

class GatewayErasureTest : public GatewayTest {
 protected:
  HttpAnswer ask(const std::string& body, const HttpHeaders& more = {}) const {
    return HttpClient(gateway_->base_url(), gateway_->ca_file())
        .post("/v1/erasure", body, headers_for(*gateway_, more));
  }
  static std::string request() {
    return Json{{"installIds", {kInstall}}, {"requestedAt", kWhen}}.dump();
  }
};

TEST_F(GatewayErasureTest, ARequestIsInKafkaWhenItIsAcknowledgedAndTheSameWhenSentAgain) {
  start();
  for (int time = 0; time < 2; ++time) {
    const auto answer = ask(request());
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(Json::parse(answer.body)["accepted"], 1);
  }
  const auto found = records("erasure-requests");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].key, kInstall);
  const Json request = Json::parse(found[0].value);
  EXPECT_EQ(request["installId"], kInstall);
  EXPECT_EQ(request["requestedAt"], kWhen);
  EXPECT_EQ(found[0].header("schema"), "ErasureRequest/1");
  EXPECT_EQ(found[0].header("eventId"), request["eventId"]);
  EXPECT_EQ(found[0].header("eventId"), found[1].header("eventId"));
  EXPECT_THAT(admin("/metrics").body, HasSubstr("penstock_erasures_accepted_total 2"));
  EXPECT_THAT(admin("/metrics").body, HasSubstr("penstock_events_accepted_total 0"));
}

TEST_F(GatewayErasureTest, WhatIsNoRequestIsRefusedAndWritesNothing) {
  start();
  EXPECT_EQ(ask("{}").status, 400);
  EXPECT_EQ(Json::parse(ask("{}").body)["code"], "invalid_erasure");
  EXPECT_EQ(ask(std::string(20'000, ' ')).status, 413);
  EXPECT_EQ(ask(request(), {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_EQ(ask(request(), {{"Authorization", "Bearer nobody"}}).status, 401);
  EXPECT_EQ(HttpClient(gateway_->base_url(), gateway_->ca_file()).get("/v1/erasure").status, 405);
  EXPECT_TRUE(records("erasure-requests").empty());
}

}  // namespace
}  // namespace penstock::test
