#include "schema_rules.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::gateway {
namespace {

using Json = nlohmann::json;

template <std::size_t N>
using Names = std::array<std::string_view, N>;

// By what stands behind them: one schema, a list of them, schemas by name, or no schema.
constexpr Names<8> kOne{"additionalItems",
                        "additionalProperties",
                        "contains",
                        "else",
                        "if",
                        "not",
                        "propertyNames",
                        "then"};
constexpr Names<3> kList{"allOf", "anyOf", "oneOf"};
constexpr Names<3> kByName{"properties", "definitions", "$defs"};
constexpr Names<15> kPlain{
    "const",         "enum",          "exclusiveMaximum", "exclusiveMinimum", "maxItems",
    "maxLength",     "maxProperties", "maximum",          "minItems",         "minLength",
    "minProperties", "minimum",       "multipleOf",       "required",         "type"};
constexpr Names<3> kRegular{"pattern", "patternProperties", "format"};
constexpr Names<9> kLater{"$dynamicRef",      "$recursiveRef",    "dependentRequired",
                          "dependentSchemas", "maxContains",      "minContains",
                          "prefixItems",      "unevaluatedItems", "unevaluatedProperties"};
constexpr Names<7> kTypes{"array", "boolean", "integer", "null", "number", "object", "string"};

template <std::size_t N>
bool is_among(const Names<N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

[[noreturn]] void fail(const std::string& place, const std::string& what) {
  throw SchemaFault((place.empty() ? "at its top" : place) + ": " + what);
}

// How many values there are in `json`, itself included.
std::size_t count(const Json& json) {
  std::size_t values = 1;
  if (json.is_structured())
    for (const Json& each : json) values += count(each);
  return values;
}

bool are_texts(const Json& value) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const Json& each) { return each.is_string(); });
}

class Plainer {
 public:
  explicit Plainer(const Json& root) : root_(root) {}

  Json schema(const Json& from, const std::string& place) {
    if (++count_ > kSubschemasMax) {
      fail(place, "here the schema has more than " + std::to_string(kSubschemasMax) +
                      " parts, each $ref counted as what it refers to; use fewer");
    }
    if (from.is_boolean()) return from;
    if (!from.is_object()) fail(place, "a schema is an object, true or false");
    if (std::find(open_.begin(), open_.end(), &from) != open_.end())
      fail(place, "$ref leads back to where it stands; write out as many levels as there are");
    if (open_.size() >= kSchemaDepthMax) {
      fail(place, "nested deeper than " + std::to_string(kSchemaDepthMax) +
                      " schemas, each $ref included; make it flatter");
    }
    open_.push_back(&from);
    // In draft 7 nothing beside a $ref counts.
    Json to = from.contains("$ref") ? referred(from["$ref"], place) : keywords(from, place);
    open_.pop_back();
    return to;
  }

  std::set<std::string> names;

 private:
  Json referred(const Json& reference, const std::string& place) {
    const std::string here = place + "/$ref";
    if (!reference.is_string() || !reference.get_ref<const std::string&>().starts_with('#'))
      fail(here, "only \"#\" and what begins with \"#/\" is followed; copy it into this file");
    const std::string pointer = reference.get<std::string>().substr(1);
    try {
      return schema(root_.at(Json::json_pointer(pointer)), here);
    } catch (const Json::exception&) {
      fail(here, "there is no \"#" + pointer +
                     "\" in this file; write for example \"#/definitions/name\"");
    }
  }

  Json keywords(const Json& from, const std::string& place) {
    Json to = Json::object();
    for (const auto& [name, value] : from.items()) {
      const std::string here = place + "/" + name;
      refuse(name, value, here);
      if (is_among(kOne, name)) {
        to[name] = schema(value, here);
      } else if (is_among(kList, name)) {
        to[name] = list(value, here);
      } else if (name == "items") {
        to[name] = value.is_array() ? list(value, here) : schema(value, here);
      } else if (is_among(kByName, name)) {
        by_name(name, value, here, to);
      } else if (name == "dependencies") {
        to[name] = dependencies(value, here);
      } else if (is_among(kPlain, name)) {
        to[name] = plain(name, value, here);
      }  // the others, as title and default, do not decide
    }
    // The library looks into allOf before all else.
    Json work = Json::object();
    work[kWorkKeyword] = work_of(to);
    Json& all_of = to.emplace("allOf", Json::array()).first.value();
    all_of.insert(all_of.begin(), std::move(work));
    return to;
  }

  void refuse(const std::string& name, const Json& value, const std::string& here) const {
    if (is_among(kRegular, name)) {
      fail(here,
           "not supported: on text of any client, a regular expression may take endless time; "
           "use enum, minLength or maxLength, or leave it out");
    }
    if (name == "uniqueItems" && value != false)
      fail(here, "not supported: its time grows with the square of the items; leave it out");
    if (is_among(kLater, name))
      fail(here, "belongs to a later draft of JSON Schema; write it as in draft 7");
    if (name == "$schema" && value != "http://json-schema.org/draft-07/schema#" &&
        value != "http://json-schema.org/draft-07/schema")
      fail(here, "expected draft 7: \"http://json-schema.org/draft-07/schema#\"");
    if (name == "$id" && open_.size() > 1)
      fail(here, "only the whole schema may have an $id; refer by \"#/...\"");
  }

  Json list(const Json& value, const std::string& here) {
    if (!value.is_array() || value.empty()) fail(here, "expected a list of schemas");
    Json to = Json::array();
    for (std::size_t i = 0; i < value.size(); ++i)
      to.push_back(schema(value[i], here + "/" + std::to_string(i)));
    return to;
  }

  void by_name(const std::string& keyword, const Json& value, const std::string& here, Json& to) {
    if (!value.is_object()) fail(here, "expected an object of schemas");
    Json schemas = Json::object();
    for (const auto& [name, each] : value.items()) {
      schemas[name] = schema(each, here + "/" + name);
      if (keyword == "properties") names.insert(name);
    }
    // Definitions decide where something refers to them.
    if (keyword == "properties") to[keyword] = std::move(schemas);
  }

  Json dependencies(const Json& value, const std::string& here) {
    if (!value.is_object()) fail(here, "expected an object of schemas or of lists of names");
    Json to = Json::object();
    for (const auto& [name, each] : value.items())
      to[name] = are_texts(each) ? each : schema(each, here + "/" + name);
    return to;
  }

  // What the library would misunderstand in silence.
  Json plain(const std::string& name, const Json& value, const std::string& here) const {
    if (name == "type") {
      const Json types = value.is_array() ? value : Json::array({value});
      if (types.empty() || !are_texts(types) ||
          !std::all_of(types.begin(), types.end(),
                       [](const Json& type) { return is_among(kTypes, type.get<std::string>()); }))
        fail(here, "expected array, boolean, integer, null, number, object or string");
    } else if (name == "required") {
      if (!are_texts(value)) fail(here, "expected a list of names");
    } else if (name == "enum") {
      if (!value.is_array() || value.empty()) fail(here, "expected a list of values");
    } else if (name == "multipleOf") {
      if (!value.is_number() || !(value.get<double>() > 0)) fail(here, "expected more than 0");
      return value.get<double>();  // of whole numbers the library looks at the whole part alone
    } else if (name.starts_with("min") || name.starts_with("max")) {
      const bool is_size = name != "minimum" && name != "maximum";
      if (is_size && !value.is_number_unsigned()) fail(here, "expected a whole number from 0");
      if (!value.is_number()) fail(here, "expected a number");
    } else if (name.starts_with("exclusive")) {
      if (!value.is_number()) fail(here, "expected a number, as in draft 7");
    }
    Json to = value;
    keep_numbers_positive(to);
    return to;
  }

  static std::size_t work_of(const Json& schema) {
    std::size_t work = 1;
    for (const auto& [name, value] : schema.items()) {
      work += name == "enum" || name == "const" ? count(value)
              : value.is_structured()           ? 1 + value.size()
                                                : 1;
    }
    return work;
  }

  const Json& root_;
  std::vector<const Json*> open_;  // the schemas around the one being read
  std::size_t count_ = 0;
};

}  // namespace

void keep_numbers_positive(nlohmann::json& value) {
  if (value.is_structured())
    for (Json& each : value) keep_numbers_positive(each);
  else if (value.is_number_unsigned() && value.get<std::int64_t>() < 0)
    value = value.get<double>();
}

PlainSchema plain_schema(const nlohmann::json& schema) {
  Plainer plainer(schema);
  Json plain = plainer.schema(schema, "");
  return {std::move(plain), std::move(plainer.names)};
}

}  // namespace penstock::gateway
