// Goal: an event of a custom type is held against the schema of its version and told where its
// first flaw is, without a word of the client's own; a schema that could hang or crash the gateway,
// or that says what is not checked, does not load. Method: folders with one good schema, made wrong
// in one way at a time; hostile events.
#include "validate/schema_registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "support/tree.hpp"
#include "unit/gateway/validate/schema_folder.hpp"

namespace penstock::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kPurchaseSchema;
using testing::SchemaFolder;
using ::testing::SizeIs;

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

// The one error of a folder with this schema; "" if it loads.
std::string fault_of(const std::string& schema) {
  const auto errors = SchemaFolder().add("Purchase.v1.json", schema).load().errors;
  EXPECT_LE(errors.size(), 1u);
  return errors.empty() ? "" : errors.front();
}

// "ok", or the pointer of the first flaw.
std::string flaw_in(const std::string& schema, const std::string& event) {
  const auto loaded = SchemaFolder().add("Purchase.v1.json", schema).load();
  EXPECT_THAT(loaded.errors, IsEmpty()) << schema;
  return loaded.registry.check("Purchase", 1, event).flaw.value_or("ok");
}
std::string purchase(const std::string& details) {
  return flaw_in(kPurchaseSchema, R"({"eventType":"Purchase","details":)" + details + "}");
}

TEST(SchemaRegistryTest, EmptyRegistryKnowsNoType) {
  const SchemaRegistry registry;
  EXPECT_FALSE(registry.knows_type("Purchase"));
  EXPECT_FALSE(registry.knows("Purchase", 1));
  EXPECT_THAT(registry.types(), IsEmpty());
}

TEST(SchemaRegistryTest, EachVersionOfATypeHasItsOwnSchema) {
  const auto loaded = SchemaFolder()
                          .add("Purchase.v1.json", R"({"required":["a"]})")
                          .add("Purchase.v1000000.json", R"({"required":["b"]})")
                          .add("Refund.v2.json", "{}")
                          .add("..data", "what Kubernetes keeps beside the files")
                          .load();
  ASSERT_THAT(loaded.errors, IsEmpty());
  const auto& registry = loaded.registry;
  EXPECT_THAT(registry.types(), ElementsAre("Purchase", "Refund"));
  EXPECT_TRUE(registry.knows("Purchase", 1));
  EXPECT_TRUE(registry.knows("Purchase", 1'000'000));
  EXPECT_FALSE(registry.knows("Purchase", 2));
  EXPECT_FALSE(registry.knows("Refund", 1));
  EXPECT_FALSE(registry.knows_type("Purchas"));
  EXPECT_EQ(registry.check("Purchase", 1, R"({"a":1})").flaw, std::nullopt);
  EXPECT_EQ(registry.check("Purchase", 1'000'000, R"({"a":1})").flaw, "");
}

TEST(SchemaRegistryTest, FilesWithAnotherNameAreNamed) {
  for (const std::string name :
       {"purchase.v1.json", "Purchase.json", "Purchase.v.json", "Purchase.v0.json",
        "Purchase.v01.json", "Purchase.v-1.json", "Purchase.v1.5.json", "Purchase.v1000001.json",
        "Purchase.v1.yaml", "Pur-chase.v1.json", "7Up.v1.json", "README.md",
        "Purchase.v99999999999999999999.json"}) {
    const auto loaded = SchemaFolder().add(name, "{}").load();
    EXPECT_THAT(loaded.errors, ElementsAre(AllOf(HasSubstr(name), HasSubstr("Purchase.v1.json"))))
        << name;
  }
  const std::string longest(64, 'T');
  EXPECT_THAT(SchemaFolder().add(longest + ".v1.json", "{}").load().errors, IsEmpty());
  EXPECT_THAT(SchemaFolder().add(longest + "T.v1.json", "{}").load().errors, SizeIs(1));
  EXPECT_THAT(SchemaFolder().add("UserActivity.v2.json", "{}").load().errors,
              ElementsAre(HasSubstr("the gateway's own")));
  EXPECT_THAT(SchemaFolder().add("DatabaseChange.v1.json", "{}").load().errors,
              ElementsAre(HasSubstr("the gateway's own")));
}

TEST(SchemaRegistryTest, AFolderThatCannotBeReadOrHoldsNothingIsNamed) {
  EXPECT_THAT(SchemaRegistry::load("/nowhere/schemas").errors,
              ElementsAre(AllOf(HasSubstr("\"/nowhere/schemas\" cannot be read as a folder"),
                                HasSubstr("check the path"))));
  EXPECT_THAT(SchemaFolder().load().errors, ElementsAre(HasSubstr("holds no schema; add")));
  SchemaFolder folder;
  std::filesystem::create_directory(folder.path() / "Purchase.v1.json");
  EXPECT_THAT(folder.load().errors, ElementsAre(HasSubstr("is no file")));
}

TEST(SchemaRegistryTest, AllBadFilesAreReportedAtOnceAndTheGoodOnesLoad) {
  const auto loaded = SchemaFolder()
                          .add("A.v1.json", "{")
                          .add("B.v1.json", "[]")
                          .add("C.v1.json", "{}")
                          .add("D.v1.json", R"({"type":"text"})")
                          .load();
  EXPECT_THAT(loaded.errors,
              ElementsAre(AllOf(HasSubstr("A.v1.json"), HasSubstr("is not JSON")),
                          AllOf(HasSubstr("B.v1.json"), HasSubstr("is not a JSON object")),
                          AllOf(HasSubstr("D.v1.json"), HasSubstr("/type: expected array"))));
  EXPECT_THAT(loaded.registry.types(), ElementsAre("C"));
}

TEST(SchemaRegistryTest, SizeAndCountOfFilesAreBounded) {
  const std::string full = "{" + std::string(SchemaRegistry::kFileBytesMax - 2, ' ') + "}";
  EXPECT_EQ(fault_of(full), "");
  EXPECT_THAT(fault_of(full + " "), HasSubstr("larger than 256 KiB"));
  SchemaFolder folder;
  for (std::size_t i = 1; i <= SchemaRegistry::kFilesMax; ++i)
    folder.add("T.v" + std::to_string(i) + ".json", "{}");
  EXPECT_THAT(folder.load().errors, IsEmpty());
  folder.add("T.v1001.json", "{}");
  EXPECT_THAT(folder.load().errors, ElementsAre(HasSubstr("more than 1000 files")));
}

TEST(SchemaRegistryTest, KeywordsThatWouldMeetRegularExpressionsAreRefusedAtAnyDepth) {
  EXPECT_THAT(fault_of(R"({"pattern":"(a+)+$"})"), HasSubstr("/pattern: not supported"));
  EXPECT_THAT(fault_of(R"({"format":"date"})"), HasSubstr("/format: not supported"));
  EXPECT_THAT(fault_of(R"({"properties":{"a":{"items":[{"not":{"pattern":"x"}}]}}})"),
              HasSubstr("/properties/a/items/0/not/pattern: not supported"));
  EXPECT_THAT(fault_of(R"({"additionalProperties":{"patternProperties":{"^x":{}}}})"),
              HasSubstr("/additionalProperties/patternProperties: not supported"));
  EXPECT_THAT(fault_of(R"({"dependencies":{"a":{"format":"email"}}})"), HasSubstr("/format"));
  EXPECT_THAT(fault_of(R"({"definitions":{"unused":{"pattern":"x"}}})"),
              HasSubstr("/definitions/unused/pattern"));
  EXPECT_THAT(fault_of(R"({"allOf":[{"$ref":"#/title"}],"title":{"pattern":"x"}})"),
              HasSubstr("/allOf/0/$ref/pattern"));
}

TEST(SchemaRegistryTest, PropertiesMayHaveTheNamesOfKeywords) {
  const std::string schema = R"({"properties":{"pattern":{"type":"string"},"format":{"enum":["a"]},
      "$ref":{"type":"string"},"patternProperties":{"type":"object"},
      "uniqueItems":{"type":"array"}},
      "required":["pattern","format"],"const":{"pattern":"x","format":"a"},
      "default":{"format":1}})";
  EXPECT_EQ(flaw_in(schema, R"({"pattern":"x","format":"a"})"), "ok");
  EXPECT_EQ(flaw_in(R"({"properties":{"pattern":{"type":"string"}}})", R"({"pattern":1})"),
            "/pattern");
}

TEST(SchemaRegistryTest, WhatIsNotOfDraft7OrCannotBeBoundedIsRefused) {
  EXPECT_THAT(fault_of(R"({"properties":{"a":{"uniqueItems":true}}})"), HasSubstr("square"));
  EXPECT_EQ(fault_of(R"({"uniqueItems":false})"), "");
  EXPECT_THAT(fault_of(R"({"$schema":"https://json-schema.org/draft/2020-12/schema"})"),
              HasSubstr("/$schema: expected draft 7"));
  EXPECT_THAT(fault_of(R"({"prefixItems":[{}]})"), HasSubstr("a later draft"));
  EXPECT_THAT(fault_of(R"({"items":{"$id":"other"}})"), HasSubstr("/items/$id"));
  EXPECT_EQ(fault_of(R"({"$id":"https://example.com/a","title":"A","x-owner":{"pattern":1}})"), "");
}

TEST(SchemaRegistryTest, SchemasThatTheLibraryWouldMisunderstandAreRefused) {
  for (const char* schema : {R"({"type":"text"})",
                             R"({"type":[]})",
                             R"({"type":7})",
                             R"({"required":"a"})",
                             R"({"required":[1]})",
                             R"({"minLength":-1})",
                             R"({"maxItems":"2"})",
                             R"({"minimum":"0"})",
                             R"({"exclusiveMinimum":true})",
                             R"({"multipleOf":0})",
                             R"({"multipleOf":-1})",
                             R"({"enum":[]})",
                             R"({"enum":"a"})",
                             R"({"allOf":[]})",
                             R"({"anyOf":{}})",
                             R"({"properties":[]})",
                             R"({"properties":{"a":7}})",
                             R"({"items":7})",
                             R"({"not":"x"})",
                             R"({"dependencies":{"a":[1]}})"}) {
    EXPECT_THAT(fault_of(schema), HasSubstr("Purchase.v1.json\" /")) << schema;
  }
}

TEST(SchemaRegistryTest, ReferencesStayInTheFile) {
  for (const char* reference : {"http://example.com/a.json", "other.json", "other.json#/a", ""}) {
    EXPECT_THAT(fault_of(R"({"items":{"$ref":")" + std::string(reference) + R"("}})"),
                HasSubstr("/items/$ref: only \"#\""))
        << reference;
  }
  for (const char* reference : {"#/definitions/none", "#name", "#/allOf/7"})
    EXPECT_THAT(fault_of(R"({"items":{"$ref":")" + std::string(reference) + R"("}})"),
                HasSubstr("there is no"));
  EXPECT_THAT(fault_of(R"({"$ref":7})"), HasSubstr("/$ref"));
}

TEST(SchemaRegistryTest, ReferencesThatLeadBackAreRefused) {
  for (const char* schema :
       {R"({"$ref":"#"})", R"({"allOf":[{"$ref":"#"}]})", R"({"not":{"$ref":"#"}})",
        R"({"properties":{"child":{"$ref":"#"}}})",
        R"({"$ref":"#/definitions/a",
            "definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}}})",
        R"({"definitions":{"a":{"anyOf":[{"items":{"$ref":"#/definitions/a"}}]}}})"}) {
    EXPECT_THAT(fault_of(schema), HasSubstr("leads back")) << schema;
  }
}

TEST(SchemaRegistryTest, DepthOfASchemaIsBounded) {
  const auto nested = [](std::size_t levels) {
    return repeated(R"({"not":)", levels - 1) + "{}" + repeated("}", levels - 1);
  };
  EXPECT_EQ(fault_of(nested(63)), "");
  EXPECT_EQ(fault_of(nested(64)), "");
  EXPECT_THAT(fault_of(nested(65)), HasSubstr("deeper than 64"));
  EXPECT_THAT(fault_of(R"({"const":)" + repeated("[", 100'000) + repeated("]", 100'000) + "}"),
              HasSubstr("deeper than 64"));
  // Deep by references alone.
  std::string chain = R"({"definitions":{"d0":{})";
  for (int i = 1; i <= 70; ++i) {
    chain += ",\"d" + std::to_string(i) + R"(":{"not":{"$ref":"#/definitions/d)" +
             std::to_string(i - 1) + "\"}}";
  }
  EXPECT_THAT(fault_of(chain + "}}"), HasSubstr("nested deeper than 64 schemas"));
}

TEST(SchemaRegistryTest, ReferencesThatMultiplyAreRefused) {
  std::string schema = R"({"definitions":{"d0":{})";
  for (int i = 1; i <= 20; ++i) {
    const std::string before = R"({"$ref":"#/definitions/d)" + std::to_string(i - 1) + "\"}";
    schema += ",\"d" + std::to_string(i) + R"(":{"allOf":[)" + before + "," + before + "]}";
  }
  EXPECT_THAT(fault_of(schema + "}}"), HasSubstr("more than 10000 parts"));
}

TEST(SchemaRegistryTest, ThePointerIsThatOfTheFirstFlaw) {
  EXPECT_EQ(purchase(R"({"total":1,"items":[{"name":"a"}],"note":"n"})"), "ok");
  EXPECT_EQ(purchase(R"({"total":"1"})"), "/details/total");
  EXPECT_EQ(purchase(R"({"total":-1})"), "/details/total");
  EXPECT_EQ(purchase(R"({})"), "/details") << "total is missing";
  EXPECT_EQ(purchase("[]"), "/details");
  EXPECT_EQ(purchase(R"({"total":1,"items":[{"name":"a"},{"name":7}]})"), "/details/items/1/name");
  EXPECT_EQ(purchase(R"({"total":1,"items":[{"name":"a"},{}]})"), "/details/items/1");
  EXPECT_EQ(flaw_in(kPurchaseSchema, "{}"), "");
  EXPECT_EQ(flaw_in(R"({"properties":{"a/b~c":{"type":"null"}}})", R"({"a/b~c":1})"), "/a~1b~0c");
  EXPECT_EQ(flaw_in(R"({"properties":{"0":{"items":[{"type":"null"}]}}})", R"({"0":[1]})"), "/0/0");
}

TEST(SchemaRegistryTest, ThePointerEndsBeforeANameThatTheClientMadeUp) {
  EXPECT_EQ(purchase(R"({"total":1,"jane.doe@corp.example":7})"), "/details");
  const std::string schema =
      R"({"additionalProperties":{"additionalProperties":{"type":"null"},
          "properties":{"known":{"type":"null"}}}})";
  EXPECT_EQ(flaw_in(schema, R"({"jane":{"known":1}})"), "");
  EXPECT_EQ(flaw_in(schema, R"({"known":{"known":1}})"), "/known/known");
  EXPECT_EQ(flaw_in(schema, R"({"known":{"jane":1}})"), "/known");
  EXPECT_EQ(flaw_in(R"({"propertyNames":{"maxLength":3}})", R"({"jane":1})"), "");
}

TEST(SchemaRegistryTest, EachKeywordDecides) {
  struct Case {
    const char *schema, *good, *bad;
  };
  for (const auto& [schema, good, bad] : {
           Case{R"({"const":{"a":[1]}})", R"({"a":[1]})", R"({"a":[2]})"},
           Case{R"({"properties":{"a":{"enum":["x",2,null]}}})", R"({"a":null})", R"({"a":3})"},
           Case{R"({"properties":{"a":{"type":["string","null"]}}})", R"({"a":"x"})", R"({"a":1})"},
           Case{R"({"properties":{"a":{"type":"integer"}}})", R"({"a":3})", R"({"a":3.5})"},
           Case{R"({"properties":{"a":{"exclusiveMinimum":1}}})", R"({"a":1.1})", R"({"a":1})"},
           Case{R"({"properties":{"a":{"minimum":9223372036854775808}}})",
                R"({"a":9223372036854775808})", R"({"a":1})"},
           Case{R"({"properties":{"a":{"minimum":0,"maximum":5}}})", R"({"a":5})",
                R"({"a":18446744073709551615})"},
           Case{R"({"properties":{"a":{"minimum":0}}})", R"({"a":18446744073709551615})",
                R"({"a":-9223372036854775808})"},
           Case{R"({"properties":{"a":{"maximum":1}}})", R"({"a":1})", R"({"a":1.1})"},
           Case{R"({"properties":{"a":{"multipleOf":2}}})", R"({"a":-4})", R"({"a":2.5})"},
           Case{R"({"properties":{"a":{"maxLength":2}}})", R"({"a":"éé"})", R"({"a":"abc"})"},
           Case{R"({"properties":{"a":{"minItems":1}}})", R"({"a":[1]})", R"({"a":[]})"},
           Case{R"({"properties":{"a":{"contains":{"const":1}}}})", R"({"a":[0,1]})",
                R"({"a":[0]})"},
           Case{R"({"properties":{"a":{"items":[{"type":"null"}],"additionalItems":false}}})",
                R"({"a":[null]})", R"({"a":[null,1]})"},
           Case{R"({"properties":{"a":{"items":[{"type":"null"}]}}})", R"({"a":[null,1]})",
                R"({"a":[1]})"},
           Case{R"({"additionalProperties":false,"properties":{"a":true}})", R"({"a":1})",
                R"({"b":1})"},
           Case{R"({"properties":{"a":false}})", R"({"b":1})", R"({"a":1})"},
           Case{R"({"maxProperties":1})", R"({"a":1})", R"({"a":1,"b":2})"},
           Case{R"({"propertyNames":{"enum":["a"]}})", R"({"a":1})", R"({"b":1})"},
           Case{R"({"dependencies":{"a":["b"]}})", R"({"a":1,"b":2})", R"({"a":1})"},
           Case{R"({"dependencies":{"a":{"required":["b"]}}})", R"({"b":2})", R"({"a":1})"},
           Case{R"({"allOf":[{"required":["a"]},{"required":["b"]}]})", R"({"a":1,"b":1})",
                R"({"b":1})"},
           Case{R"({"anyOf":[{"required":["a"]},{"required":["b"]}]})", R"({"b":1})", R"({"c":1})"},
           Case{R"({"oneOf":[{"required":["a"]},{"required":["b"]}]})", R"({"b":1})",
                R"({"a":1,"b":1})"},
           Case{R"({"not":{"required":["a"]}})", R"({"b":1})", R"({"a":1})"},
           Case{R"({"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}})",
                R"({"c":1})", R"({"a":1,"c":1})"},
           Case{
               R"({"$id":"https://example.com/s","properties":{"a":{"$ref":"#/$defs/n"}},
                   "$defs":{"n":{"type":"null"}}})",
               R"({"a":null})", R"({"a":1})"},
       }) {
    EXPECT_EQ(flaw_in(schema, good), "ok") << schema;
    EXPECT_NE(flaw_in(schema, bad), "ok") << schema;
  }
}

TEST(SchemaRegistryTest, TheWorkOnAHostileEventIsBounded) {
  // Every branch is tried for every item.
  std::string branches;
  for (int i = 0; i < 200; ++i) branches += R"({"properties":{"a":{"type":"null"}}},)";
  const auto loaded = SchemaFolder()
                          .add("A.v1.json", R"({"properties":{"details":{"items":{"anyOf":[)" +
                                                branches + R"({"type":"object"}]}}}})")
                          .load();
  const auto small = loaded.registry.check("A", 1, R"({"details":[{"a":1},{"a":1}]})");
  EXPECT_EQ(small.flaw, std::nullopt);
  EXPECT_GT(small.work, 1000u);
  const std::string event = R"({"details":[)" + repeated(R"({"a":1},)", 30'000) + "{}]}";
  const auto large = loaded.registry.check("A", 1, event);
  EXPECT_EQ(large.flaw, "");
  EXPECT_LE(large.work, 51'000 + 3 * event.size());
}

TEST(SchemaRegistryTest, AsManyValuesAsAnEventHasRoomForAreChecked) {
  const std::string schema = R"({"properties":{"details":{"items":{"type":"number"}}}})";
  EXPECT_EQ(flaw_in(schema, R"({"details":[)" + repeated("1,", 131'000) + "1]}"), "ok");
}

TEST(SchemaRegistryTest, AnEventAsDeepAsTheProtocolAllowsIsChecked) {
  std::string schema = "{}";
  for (int i = 0; i < 31; ++i) schema = R"({"properties":{"a":)" + schema + "}}";
  EXPECT_EQ(flaw_in(schema, repeated(R"({"a":)", 32) + "1" + repeated("}", 32)), "ok");
}

TEST(SchemaRegistryTest, TheExampleOfTheManualIsASchema) {
  std::ostringstream text;
  text << std::ifstream(test::source_tree() / "docs/operating/gateway.md").rdbuf();
  const std::string page = text.str();
  const std::string fence = "```json\n";
  const auto begin = page.find(fence) + fence.size();
  const std::string schema = page.substr(begin, page.find("```", begin) - begin);
  const std::string event = R"({"eventType":"Purchase","userId":"u-1","details":)";
  EXPECT_EQ(flaw_in(schema, event + R"({"total":12.5,"currency":"EUR"}})"), "ok");
  EXPECT_EQ(flaw_in(schema, event + R"({"total":12.5,"currency":"DM"}})"), "/details/currency");
}

TEST(SchemaRegistryTest, ANumberBeyondADoubleIsAFlaw) {
  EXPECT_EQ(flaw_in("{}", R"({"a":1e999})"), "");
}

}  // namespace
}  // namespace penstock::gateway
