#include "erasure_reader.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "wire/bounded_json.hpp"
#include "wire/field_names.hpp"
#include "wire/json_writer.hpp"
#include "wire/timestamp.hpp"
#include "wire/topics.hpp"
#include "wire/uuid.hpp"

namespace penstock::gateway {
namespace {

using nlohmann::json;

constexpr std::string_view kSchema = "ErasureRequest/1";

Problem invalid(std::string detail) { return {400, "invalid_erasure", std::move(detail), {}}; }

std::string_view kept(Batch& batch, std::string_view text) {
  char* const copy = batch.allocate(text.size());
  text.copy(copy, text.size());
  return {copy, text.size()};
}

struct Request {
  std::set<std::string> install_ids;  // in the form that the SDK has
  std::string requested_at;
};

Outcome<Request> parse(const std::string& body) {
  const json value = wire::parse_bounded<json>(body);
  if (!value.is_object()) return invalid("expected a JSON object");
  const auto ids = value.find(wire::field::kInstallIds);
  if (ids == value.end() || !ids->is_array() || ids->empty() ||
      ids->size() > ErasureReader::kInstallsMax) {
    return invalid("/installIds: expected a list of 1 to " +
                   std::to_string(ErasureReader::kInstallsMax) + " install ids");
  }
  Request request;
  for (std::size_t i = 0; i < ids->size(); ++i) {
    const auto id = (*ids)[i].is_string()
                        ? wire::parse_uuid((*ids)[i].get_ref<const std::string&>())
                        : std::nullopt;
    if (!id) return invalid("/installIds/" + std::to_string(i) + ": expected a UUID");
    request.install_ids.insert(id->text());
  }
  const auto at = value.find(wire::field::kRequestedAt);
  if (at == value.end() || !at->is_string() ||
      !wire::parse_timestamp(at->get_ref<const std::string&>())) {
    return invalid("/requestedAt: expected an ISO 8601 time, as in 2024-12-08T12:34:56.789Z");
  }
  request.requested_at = at->get<std::string>();
  return request;
}

Event to_event(Batch& batch, const std::string& install_id, const std::string& requested_at,
               std::string_view topic) {
  Event event;
  event.event_id =
      wire::name_uuid(batch.client->name_space, "erasure\n" + install_id + '\n' + requested_at);
  std::array<char, wire::kTimestampBytes> received_at;
  wire::format_timestamp(batch.received_at_ms, received_at.data());
  // Of a client only what parse() has passed: nothing to mask, and nothing to escape.
  const std::string record = json{
      {wire::field::kEventId, event.event_id.text()},
      {wire::field::kInstallId, install_id},
      {wire::field::kRequestedAt, requested_at},
      {wire::field::kReceivedAt, std::string_view(received_at.data(), received_at.size())},
      {wire::letter::kKeyId,
       batch.client->id}}.dump();
  event.record = kept(batch, record);
  event.install_id = kept(batch, install_id);
  event.key = event.install_id;
  event.schema = kSchema;
  event.topic = topic;
  event.well_formed = true;
  return event;
}

}  // namespace

ErasureReader::ErasureReader(const std::string& topic_prefix)
    : topic_(topic_prefix + std::string(wire::kTopicErasureRequests)) {}

Outcome<void> ErasureReader::check_head(const RequestHead& head) {
  if (!head.content_type.starts_with(wire::kContentTypeJson))
    return Problem{415, "unsupported_type", "Content-Type: expected application/json", {}};
  if (!head.content_encoding.empty() && head.content_encoding != "identity")
    return Problem{415, "unsupported_encoding", "Content-Encoding: expected identity", {}};
  if (head.content_length && *head.content_length > kBodyBytesMax) {
    return Problem{413,
                   "body_too_large",
                   "a request for erasure has at most " + std::to_string(kBodyBytesMax) + " bytes",
                   {}};
  }
  return {};
}

Outcome<std::shared_ptr<Batch>> ErasureReader::read(const RequestHead& head,
                                                    std::shared_ptr<const ClientKey> client,
                                                    std::string body, MemoryLease lease) const {
  constexpr std::size_t kTreeFactor = 52;  // measured for schemas, see SchemaRegistry
  Outcome<Request> request = [&] {
    const LeasedForNow tree(lease, kTreeFactor * body.size());
    return parse(body);
  }();
  if (!request) return std::move(request.error());
  auto batch = std::make_shared<Batch>(std::move(lease));
  batch->body = std::move(body);
  batch->client = std::move(client);
  batch->received_at_ms = head.received_at_ms;
  for (const auto& id : request->install_ids)
    batch->events.push_back(to_event(*batch, id, request->requested_at, topic_));
  // Of the request as a whole, and the same when it is sent again.
  batch->stamped_correlation_id = batch->events.front().event_id.text();
  for (Event& event : batch->events) event.correlation_id = batch->stamped_correlation_id;
  return batch;
}

}  // namespace penstock::gateway
