// What a schema of ours may hold, and its form for the library that checks events with it.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>

#include "wire/limits.hpp"

namespace penstock::gateway {

// Twice what an event may have: "properties" and the like are levels of their own.
inline constexpr std::size_t kSchemaDepthMax = 2 * wire::kJsonDepthMax;
// Schemas within a schema, with each $ref counted as what it refers to.
inline constexpr std::size_t kSubschemasMax = 10'000;
// In each schema of a PlainSchema: how much work it is for one value, its parts not included. No
// name of JSON Schema.
inline constexpr const char* kWorkKeyword = "penstock:work";

// What is wrong with a schema: where in it, what, and what to do.
class SchemaFault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct PlainSchema {
  // Only what decides about an event, each $ref replaced by what it refers to. The kWorkKeyword of
  // a schema is met before all else in it.
  nlohmann::json schema;
  std::set<std::string> names;  // of all properties in it
};

// Makes whole numbers from 2^63 on doubles: the library would take them for negative ones.
// `value` is nested at most kSchemaDepthMax deep.
void keep_numbers_positive(nlohmann::json& value);

// Throws SchemaFault, for example "/properties/total/pattern: ...". `schema` is nested at most
// kSchemaDepthMax deep.
PlainSchema plain_schema(const nlohmann::json& schema);

}  // namespace penstock::gateway
