// The vocabulary of the tests that speak to the real gateway in front of the shared broker.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/eventually.hpp"
#include "support/gateway_process.hpp"
#include "support/http_client.hpp"
#include "support/kafka_broker.hpp"
#include "support/kafka_reader.hpp"

namespace penstock::test {

using Json = nlohmann::json;

inline constexpr const char* kInstall = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
inline constexpr const char* kWhen = "2026-01-02T03:04:05.678Z";

// All planted values (support/leaks/planted.hpp), which must come out nowhere.
Json planted_details();
// Their details are planted_details().
Json click(int seq, const std::string& user = "user-4711");
Json approval(int seq, const std::string& record);  // a DatabaseChange without a user
// Of kInstall, with an app in its context.
Json batch_of(const std::vector<Json>& events);

// Keys, values and headers of all records, to look for what must not be in there.
std::string text_of(const std::vector<KafkaRecord>& records);

class GatewayTest : public ::testing::Test {
 protected:
  // Behind the shared broker, with topics of this case alone.
  static GatewayOptions options_here();
  GatewayProcess& start(const GatewayOptions& options = options_here());

  // With the right key, as JSON, unless `more` says otherwise.
  static HttpHeaders headers_for(const GatewayProcess& gateway, const HttpHeaders& more = {});
  static HttpAnswer post_to(const GatewayProcess& gateway, const std::string& body,
                            const HttpHeaders& more = {});
  HttpAnswer post(const std::string& body, const HttpHeaders& more = {}) const {
    return post_to(*gateway_, body, more);
  }
  HttpAnswer admin(const std::string& path) const;

  static std::string prefix();
  static std::vector<KafkaRecord> records(const std::string& topic);
  static std::vector<Json> events(const std::string& topic);  // their values

  std::unique_ptr<GatewayProcess> gateway_;
};

}  // namespace penstock::test
