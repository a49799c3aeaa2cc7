// Any bytes as a request's body, through every stage up to Kafka: what is accepted becomes a record
// that another JSON library reads, within the limits, stamped and without personal data; what is
// rejected has a letter that it can read.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "check.hpp"
#include "decode/batch_decoder.hpp"
#include "privacy/detectors.hpp"
#include "privacy/rule_set.hpp"
#include "route/router.hpp"
#include "scrub/scrubber.hpp"
#include "stamp/stamper.hpp"
#include "validate/validator.hpp"

namespace {

using namespace penstock;
using namespace penstock::gateway;
using Json = nlohmann::json;

RequestHead head_for(char kind) {
  RequestHead head;
  head.content_type = kind == 'l' ? "application/x-ndjson" : "application/json";
  if (kind == 'g') head.content_encoding = "gzip";
  if (kind == 'z') head.content_encoding = "zstd";
  head.received_at_ms = 1'733'661'296'789;
  return head;
}

std::shared_ptr<const ClientKey> client_key() {
  auto client = std::make_shared<ClientKey>();
  client->id = "fuzz";
  return client;
}

void check_accepted(const privacy::RuleSet& rules, const Event& event) {
  const Json record = Json::parse(event.record, nullptr, false);
  PENSTOCK_CHECK(record.is_object());
  PENSTOCK_CHECK(record.value("eventId", "") == event.event_id.text());
  PENSTOCK_CHECK(record.contains("correlationId") && record.contains("receivedAt"));
  PENSTOCK_CHECK(!event.topic.empty());
  PENSTOCK_CHECK(!privacy::find_personal_data(rules, event.key, 0));
}

void check_rejected(const Event& event) {
  PENSTOCK_CHECK(!event.reject->message.empty());
  PENSTOCK_CHECK(!Json::parse(event.record, nullptr, false).is_discarded());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const DecodeLimits limits;
  static const BatchDecoder decoder(limits);
  static const Validator validator;
  static const privacy::RuleSet rules;
  static const Scrubber scrubber(rules);
  static const Stamper stamper;
  static const Router router("");
  static const auto client = client_key();
  if (size == 0) return 0;

  const RequestHead head = head_for(static_cast<char>(data[0]));
  const auto decoded =
      decoder.decode(head, client, std::string(reinterpret_cast<const char*>(data + 1), size - 1));
  if (!decoded) {
    PENSTOCK_CHECK(decoded.error().status >= 400 && decoded.error().status < 500);
    return 0;
  }
  Batch& batch = **decoded;
  PENSTOCK_CHECK(batch.events.size() <= limits.events_per_batch);
  validator.check(batch);
  scrubber.apply(batch);
  stamper.apply(batch);
  router.apply(batch);
  for (const Event& event : batch.events) {
    if (event.reject) {
      check_rejected(event);
    } else {
      check_accepted(rules, event);
    }
  }
  return 0;
}
