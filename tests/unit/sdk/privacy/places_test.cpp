// Goal: the places that are told are those that are masked. Method: hand-picked texts, alone and in
// JSON; what stands between the places is what masking leaves. Rules by path: the text of each
// place, and who decided.
#include "privacy/places.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "privacy/detectors.hpp"
#include "privacy/mask.hpp"
#include "privacy/masked_text.hpp"
#include "samples.hpp"

namespace penstock::privacy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CollectedPlaces final : public PlaceReader {
 public:
  void place(const Place& place) noexcept override { all.push_back(place); }
  std::vector<Place> all;
};

// `text` with each place replaced by its mask.
std::string replaced(std::string_view text, const std::vector<Place>& places, bool json) {
  std::string result;
  std::size_t from = 0;
  for (const Place& place : places) {
    EXPECT_GE(place.offset, from);
    result += text.substr(from, place.offset - from);
    const std::string mask(place.kind ? mask_of(*place.kind) : kRemovedMask);
    // A number, and what a name removes, become a text.
    const char before = place.offset == 0 ? ' ' : text[place.offset - 1];
    const bool whole = json && (before == ':' || before == ',');
    result += whole ? '"' + mask + '"' : mask;
    from = place.offset + place.length;
  }
  return result.append(text.substr(from));
}

std::string text_of(const FieldPath* path) {
  if (path == nullptr) return "";
  return text_of(path->above) + "/" + std::string(path->name);
}

// "<what stood there> by <who decided>" for each place of an event.
class PlacesByPath final : public PlaceReader {
 public:
  PlacesByPath(const std::vector<std::string>& rules, const std::string& event) : event_(event) {
    RuleSetOptions options;
    const auto paths = PathRules::parse(rules);
    EXPECT_TRUE(paths) << paths.status().message();
    if (paths) options.paths = *paths;
    const RuleSet set(options);
    std::vector<char> buffers[2] = {std::vector<char>(event.size() + 1000),
                                    std::vector<char>(event.size() + 1000)};
    wire::JsonWriter told(buffers[0].data(), buffers[0].size());
    wire::JsonWriter untold(buffers[1].data(), buffers[1].size());
    EXPECT_EQ(write_event_and_places(set, event, told, *this),
              PathMasker(set, untold).write_event(event));
    EXPECT_EQ(told.text(), untold.text());
  }

  void place(const Place& place) noexcept override {
    EXPECT_GE(place.offset, end_);
    end_ = place.offset + place.length;
    std::string who = "a name";
    if (place.kind) who = kKindTable[index_of(*place.kind)].name;
    if (place.rule) who = "rule " + std::to_string(*place.rule) + " at " + text_of(place.path);
    all.push_back(event_.substr(place.offset, place.length) + " by " + who);
  }

  std::vector<std::string> all;

 private:
  std::string event_;
  std::size_t end_ = 0;
};

TEST(PlacesTest, OfATextTheyAreWhatIsReplaced) {
  const RuleSet rules;
  for (const Sample& sample : hand_picked_personal()) {
    const std::string text = "so: " + sample.text + " and " + sample.text;
    CollectedPlaces places;
    read_places(rules, text, places);
    EXPECT_EQ(replaced(text, places.all, false), masked_text(rules, text));
    EXPECT_EQ(places.all.empty(), !first_kind(rules, text)) << text;
  }
  for (const std::string& text : hand_picked_ordinary()) {
    CollectedPlaces places;
    read_places(rules, text, places);
    EXPECT_TRUE(places.all.empty()) << text;
  }
}

TEST(PlacesTest, OfJsonTheyAreWhatIsReplaced) {
  const RuleSet rules;
  for (const Sample& sample : hand_picked_personal()) {
    const nlohmann::ordered_json value = {{"a", {"so: " + sample.text, 4111111111111111}},
                                          {"password", {{"b", 1}}},
                                          {"n", 4111111111111111},
                                          {"c", sample.text}};
    const std::string json = value.dump();
    std::vector<char> buffer(json.size() * 6 + 64);
    wire::JsonWriter out(buffer.data(), buffer.size());
    const std::size_t masked = write_masked_json(rules, "", json, out);
    CollectedPlaces places;
    read_places_json(rules, json, places);
    EXPECT_EQ(places.all.size(), masked) << json;
    EXPECT_EQ(replaced(json, places.all, true), out.text()) << json;
  }
}

TEST(PlacesTest, OfAnEventEachHasTheRuleAndThePathOrTheKind) {
  const std::string event =
      R"({"userId":"u-1","details": {"a@example.com":"x","customer":{"na\u006de":"Anna Smith",)"
      R"("password":{"b":1},"n":[4111111111111111,"ask c@example.com"]},"list":["q",{"r":2}]}})";
  const PlacesByPath places({"details.customer.name mask last 2", "details.list replace [gone]",
                             "userId mask last 1", "metadata remove"},
                            event);
  EXPECT_THAT(places.all, ElementsAre(R"("u-1" by rule 2 at /userId)", "a@example.com by emails",
                                      R"("Anna Smith" by rule 0 at /details/customer/name)",
                                      R"({"b":1} by a name)", "4111111111111111 by cards",
                                      "c@example.com by emails",
                                      R"(["q",{"r":2}] by rule 1 at /details/list)"));
}

TEST(PlacesTest, OfAnEventWhatARuleAllowsOrMaskedAlreadyIsNone) {
  EXPECT_THAT(PlacesByPath({"details.support allow", "details.* remove"},
                           R"({"details":{"support":"a@example.com","b":"[removed]"}})")
                  .all,
              IsEmpty());
}

TEST(PlacesTest, OfAnEventTheObjectThatARuleEmptiesIsOne) {
  EXPECT_THAT(PlacesByPath({"details remove"}, R"({"details":{"a":1},"pageId":"p"})").all,
              ElementsAre(R"({"a":1} by rule 0 at /details)"));
}

TEST(PlacesTest, OfAnEventANameTooLongToBeReadIsOne) {
  const std::string name = '"' + std::string(PathMasker::kEscapedBytesMax, 'x') + R"(\u0078")";
  EXPECT_THAT(PlacesByPath({"details.a remove"}, R"({"details":{)" + name + ":1}}").all,
              ElementsAre(name + " by a name"));
}

}  // namespace
}  // namespace penstock::privacy
