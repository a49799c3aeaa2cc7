#include "integration/gateway_fixture.hpp"

#include "support/leaks/planted.hpp"

namespace penstock::test {

Json planted_details() { return Json::parse(planted_details_json()).at("details"); }

Json click(int seq, const std::string& user) {
  return {{"seq", seq},         {"eventType", "UserActivity"},
          {"timestamp", kWhen}, {"activityType", "Click"},
          {"userId", user},     {"details", planted_details()}};
}

Json approval(int seq, const std::string& record) {
  return {{"seq", seq},         {"eventType", "DatabaseChange"}, {"timestamp", kWhen},
          {"recordId", record}, {"action", "Approved"},          {"details", planted_details()}};
}

Json batch_of(const std::vector<Json>& events) {
  return {{"installId", kInstall}, {"context", {{"app", "ApprovalDesk"}}}, {"events", events}};
}

std::string text_of(const std::vector<KafkaRecord>& records) {
  std::string text;
  for (const auto& record : records) {
    text += record.key.value_or("") + "\n" + record.value + "\n";
    for (const auto& [name, value] : record.headers) text += name + ": " + value + "\n";
  }
  return text;
}

GatewayOptions GatewayTest::options_here() {
  GatewayOptions options;
  options.brokers = KafkaBroker::shared().bootstrap();
  options.environment["PENSTOCK_KAFKA_TOPIC_PREFIX"] = prefix();
  return options;
}

GatewayProcess& GatewayTest::start(const GatewayOptions& options) {
  gateway_ = std::make_unique<GatewayProcess>(options);
  return *gateway_;
}

HttpHeaders GatewayTest::headers_for(const GatewayProcess& gateway, const HttpHeaders& more) {
  HttpHeaders headers{{"Authorization", "Bearer " + gateway.write_key()},
                      {"Content-Type", "application/json"}};
  for (const auto& [name, value] : more) headers[name] = value;
  return headers;
}

HttpAnswer GatewayTest::post_to(const GatewayProcess& gateway, const std::string& body,
                                const HttpHeaders& more) {
  const HttpClient client(gateway.base_url(), gateway.ca_file());
  return client.post("/v1/events", body, headers_for(gateway, more));
}

HttpAnswer GatewayTest::admin(const std::string& path) const {
  return HttpClient(gateway_->admin_url()).get(path);
}

std::string GatewayTest::prefix() {
  return std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + ".";
}

std::vector<KafkaRecord> GatewayTest::records(const std::string& topic) {
  return read_topic(KafkaBroker::shared().bootstrap(), prefix() + topic);
}

std::vector<Json> GatewayTest::events(const std::string& topic) {
  std::vector<Json> values;
  for (const auto& record : records(topic)) values.push_back(Json::parse(record.value));
  return values;
}

}  // namespace penstock::test
