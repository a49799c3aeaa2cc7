// A folder of schemas, for the tests of what reads them.
#pragma once

#include <fstream>
#include <string>

#include "support/temp_directory.hpp"
#include "validate/schema_registry.hpp"

namespace penstock::gateway::testing {

class SchemaFolder {
 public:
  SchemaFolder& add(const std::string& file, const std::string& text) {
    std::ofstream(directory_ / file, std::ios::binary) << text;
    return *this;
  }
  std::filesystem::path path() const { return directory_.path(); }
  LoadedSchemas load() const { return SchemaRegistry::load(directory_.path()); }

 private:
  test::TempDirectory directory_;
};

// What an event of type Purchase has to be: details with a total, and items with a name each.
inline constexpr const char* kPurchaseSchema = R"({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "required": ["details"],
  "properties": {
    "details": {
      "type": "object",
      "required": ["total"],
      "additionalProperties": {"type": "string"},
      "properties": {
        "total": {"type": "number", "minimum": 0},
        "items": {"type": "array", "items": {"$ref": "#/definitions/item"}}
      }
    }
  },
  "definitions": {
    "item": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
  }
})";

}  // namespace penstock::gateway::testing
