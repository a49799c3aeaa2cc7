// Goal: what a program says about itself never makes a batch that the gateway refuses; open() says
// what is wrong with it. Method: make it, parse it with an independent library that keeps names
// given twice.
#include "event/batch_context.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace penstock {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class BatchContextTest : public ::testing::Test {
 protected:
  Json make() {
    const auto context = make_batch_context(options_, rules_);
    EXPECT_TRUE(context.ok()) << context.status().message();
    return context.ok() ? Json::parse(*context) : Json();
  }
  std::string refusal(std::vector<std::pair<std::string, std::string>> fields) {
    options_.context = std::move(fields);
    const auto context = make_batch_context(options_, rules_);
    EXPECT_EQ(context.status().code(), StatusCode::kInvalidOption);
    return context.status().message();
  }

  Options options_;
  privacy::RuleSet rules_;
};

TEST_F(BatchContextTest, AppVersionAndOsAreFilledInUnlessGiven) {
  options_.app_name = "editor";
  options_.app_version = "1.2";
  options_.context = {{"os", "own"}, {"locale", "de-CH"}};
  EXPECT_EQ(make(), Json::parse(R"({"app":"editor","version":"1.2","os":"own","locale":"de-CH"})"));
}

TEST_F(BatchContextTest, NamesThatTheGatewayWouldFindTwiceAreRefused) {
  EXPECT_THAT(refusal({{"a", "1"}, {"b", "2"}, {"a", "3"}}),
              HasSubstr("context field 3 has the name of an earlier one"));
  const std::string masked = refusal({{"anna@example.com", "1"}, {"[email]", "2"}});
  EXPECT_THAT(masked, HasSubstr("same once personal data in them is masked"));
  EXPECT_THAT(masked, Not(HasSubstr("anna")));
  EXPECT_THAT(refusal({{"4111 1111 1111 1111", "1"}, {"[card]", "2"}}), HasSubstr("is masked"));
  // Masks of names are numbered.
  options_.context = {{"anna@example.com", "1"}, {"berta@example.com", "2"}};
  EXPECT_EQ(make().size(), 3u);
}

TEST_F(BatchContextTest, TextThatIsNoUtf8IsRefusedByItsPlace) {
  EXPECT_THAT(refusal({{"a", "1"}, {"b\xFF", "2"}}),
              HasSubstr("context field 2 is not valid UTF-8"));
  EXPECT_THAT(refusal({{"a", "\xC3"}}), HasSubstr("context field 1 is not valid UTF-8"));
  options_.app_name = "edit\xF6r";
  EXPECT_THAT(refusal({}), HasSubstr("app_name is not valid UTF-8"));
  options_.app_name.clear();
  options_.app_version = "\xF6";
  EXPECT_THAT(refusal({}), HasSubstr("app_version is not valid UTF-8"));
}

TEST_F(BatchContextTest, WhatIsTooLargeOrHasNoNameIsRefused) {
  EXPECT_THAT(refusal({{"", "1"}}), HasSubstr("empty"));
  EXPECT_THAT(refusal({{std::string(129, 'n'), "1"}}), HasSubstr("longer than 128"));
  EXPECT_THAT(refusal({{"a", std::string(9000, 'x')}}), HasSubstr("8 KiB"));
  std::vector<std::pair<std::string, std::string>> fields;
  for (int i = 0; i < 64; ++i) fields.emplace_back("f" + std::to_string(i), "x");
  EXPECT_THAT(refusal(fields), HasSubstr("64 fields"));
  fields.pop_back();
  options_.context = fields;
  EXPECT_EQ(make().size(), 64u);
}

}  // namespace
}  // namespace penstock
