// Bodies to batches, for the tests of every stage that takes a batch.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "decode/batch_decoder.hpp"
#include "request.hpp"
#include "wire/uuid.hpp"

namespace penstock::gateway::testing {

inline constexpr std::int64_t kReceivedAtMs = 1'733'661'296'789;  // 2024-12-08T12:34:56.789Z

inline RequestHead json_head() {
  RequestHead head;
  head.content_type = "application/json";
  head.received_at_ms = kReceivedAtMs;
  return head;
}

inline RequestHead ndjson_head() {
  RequestHead head = json_head();
  head.content_type = "application/x-ndjson";
  return head;
}

inline std::shared_ptr<const ClientKey> client_key() {
  auto client = std::make_shared<ClientKey>();
  client->id = "test";
  client->name_space = *wire::parse_uuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  return client;
}

// Fails the test, and gives an empty batch, if the body is refused.
inline std::shared_ptr<Batch> decode_with(const RequestHead& head, std::string body) {
  auto outcome = BatchDecoder(DecodeLimits{}).decode(head, client_key(), std::move(body));
  if (outcome) return *outcome;
  ADD_FAILURE() << outcome.error().code << ": " << outcome.error().detail;
  return std::make_shared<Batch>();
}
inline std::shared_ptr<Batch> decode_json(std::string body) {
  return decode_with(json_head(), std::move(body));
}

// The same document with each character of each string as an escape. `json` has none itself.
inline std::string escaped(const std::string& json) {
  std::string out;
  bool inside = false;
  for (const char c : json) {
    if (c == '"') inside = !inside;
    if (c == '"' || !inside) {
      out += c;
      continue;
    }
    std::array<char, 7> escape{};
    std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned int>(c));
    out += escape.data();
  }
  return out;
}

inline std::string click(std::string_view more = "") {
  return R"({"eventType":"UserActivity","timestamp":"2024-12-08T12:34:56.789Z","activityType":"Click")" +
         std::string(more) + "}";
}
inline std::string approval(std::string_view more = "") {
  return R"({"eventType":"DatabaseChange","timestamp":"2024-12-08T12:34:56.789Z","recordId":"r-17",)"
         R"("action":"Approved")" +
         std::string(more) + "}";
}

// "" if the event is accepted, else the code.
inline std::string verdict(const Event& event) {
  return event.reject ? std::string(wire::reject_code_name(event.reject->code)) : "";
}

}  // namespace penstock::gateway::testing
