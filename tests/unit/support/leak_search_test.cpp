// Goal: a planted value is found in whatever form it left, and the masks of today find all of them:
// so an integration or fault test fails exactly when a mask was missing.
// Method: each value in each form; then the rules of SDK and gateway on what tests plant.
#include "support/leaks/leak_search.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "privacy/mask.hpp"
#include "support/leaks/leak_forms.hpp"
#include "support/leaks/planted.hpp"
#include "support/temp_directory.hpp"

namespace penstock::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Json = nlohmann::json;

std::set<Leak> leaks_in(std::string_view bytes) {
  look_for_leaks("here", bytes);
  return take_leaks();
}

TEST(LeakSearchTest, EachValueIsFoundInEachFormAndIsNotRepeatedInTheReport) {
  for (const Planted& planted : planted_values()) {
    for (const std::string& form : forms_of(planted)) {
      const auto leaks = leaks_in(std::string(100, '\0') + "x" + form + "y");
      EXPECT_THAT(leaks, Contains(Leak{"here", planted.kind})) << form;
      EXPECT_EQ(to_string(leaks).find(form), std::string::npos) << form;
    }
  }
}

TEST(LeakSearchTest, FormsAreTheEscapesOfJsonAndUrlsAndBareDigits) {
  EXPECT_THAT(forms_of({.kind = "", .value = "+1 2", .is_digits = true}),
              ElementsAre("%2B1%202", "+1 2", "12"));
  EXPECT_THAT(forms_of({.kind = "", .value = "ü\""}),
              ElementsAre("%C3%BC%22", R"(\u00fc\")", "ü\"", R"(ü\")", R"(ü\\\")"));
}

TEST(LeakSearchTest, NothingIsFoundWhereNothingWasPlanted) {
  EXPECT_THAT(leaks_in(""), IsEmpty());
  EXPECT_THAT(leaks_in("anna@example.com, 4111 1111 1111 1111"), IsEmpty());
}

TEST(LeakSearchTest, WhatIsAllowedIsForgottenAndWhatWasFoundBeforeIsNot) {
  look_for_leaks("before", kPlantedCard.value);
  {
    const AllowLeaks allow("this test is about it");
    look_for_leaks("here", kPlantedEmail.value);
  }
  EXPECT_THAT(take_leaks(), ElementsAre(Leak{"before", kPlantedCard.kind}));
}

TEST(LeakSearchTest, FilesOfATemporaryFolderAreSearchedBeforeItIsRemoved) {
  watch_for_leaks();
  {
    const TempDirectory folder;
    std::filesystem::create_directory(folder / "deeper");
    std::ofstream(folder / "deeper/log") << "mail to " << kPlantedEmail.value;
  }
  EXPECT_THAT(take_leaks(), ElementsAre(Leak{"file deeper/log", kPlantedEmail.kind}));
}

std::string masked(const std::string& text, bool is_json) {
  const privacy::RuleSet rules;
  std::vector<char> buffer(text.size() * 6 + 64);
  wire::JsonWriter out(buffer.data(), buffer.size());
  if (is_json)
    privacy::write_masked_json(rules, "", text, out);
  else
    privacy::write_masked(rules, text, out);
  EXPECT_FALSE(out.overflowed());
  return std::string(out.text());
}

TEST(LeakSearchTest, TheMasksFindEachValueThatHasAForm) {
  for (const Planted& planted : planted_values()) {
    if (planted.by_name) continue;
    EXPECT_THAT(leaks_in(masked(planted.value, false)), IsEmpty()) << planted.kind;
  }
  EXPECT_THAT(leaks_in(masked(planted_sentence(), false)), IsEmpty());
}

TEST(LeakSearchTest, PlantedDetailsHoldEveryValueAndAreMaskedWhole) {
  std::set<Leak> all;
  for (const Planted& planted : planted_values()) all.insert({"here", planted.kind});
  EXPECT_EQ(leaks_in(planted_details_json()), all);
  ASSERT_TRUE(Json::accept(planted_details_json()));
  EXPECT_THAT(leaks_in(masked(planted_details_json(), true)), IsEmpty());
}

}  // namespace
}  // namespace penstock::test
