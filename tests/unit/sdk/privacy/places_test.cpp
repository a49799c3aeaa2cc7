// Goal: the places that are told are those that are masked. Method: hand-picked texts, alone and in
// JSON; what stands between the places is what masking leaves.
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

}  // namespace
}  // namespace penstock::privacy
