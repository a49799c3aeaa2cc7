// Whether what a language has done is what a case expects. Pure.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace penstock::conformance {

using Json = nlohmann::json;

// A record of Kafka.
struct Found {
  std::string topic;
  std::string key;
  Json value;
};

// An expected value is equal to what is found, or one of these texts:
//   "$any"       anything
//   "$uuid"      a UUID's text
//   "$time"      ISO 8601 with milliseconds
//   "$number"    a number that is not negative
//   "$same:x"    equal to what stood at the first "$same:x" of the case
//   "$has:x"     a text that contains x
// Objects have the same members, arrays the same elements. Numbers are equal by value, so 3 is 3.0.

// Empty if they match, else the first difference: where, and what is there.
// An expected record is {"topic": "user-activity" if left out, "key": …, "value": {…}}. Of the value,
// what every record has (eventId, installId, seq, timestamp, receivedAt, clockSkewMs, schemaVersion, a
// correlationId, and the context that the SDK fills in) is looked at for its form, and compared where the
// expected one has it.
std::string record_mismatch(const std::vector<Json>& expected, const std::vector<Found>& found);

// Of the answer to a call: `expected` is {} for a call that works. Its "code" is compared, its "message"
// must be in the message, and each other member matches as above, but objects and arrays of it may have
// more members, or rows.
std::string result_mismatch(const Json& expected, const Json& result);

}  // namespace penstock::conformance
