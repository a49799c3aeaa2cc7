#include "privacy/places.hpp"

#include "privacy/json_masker.hpp"
#include "privacy/text_findings.hpp"

namespace penstock::privacy {
namespace {

// Places of a part, as places of the whole.
class PlacesOfPart final : public PlaceReader {
 public:
  PlacesOfPart(std::size_t begin, PlaceReader& whole) noexcept : begin_(begin), whole_(whole) {}

  void place(const Place& place) noexcept override {
    Place moved = place;
    moved.offset += begin_;
    whole_.place(moved);
  }

 private:
  std::size_t begin_;
  PlaceReader& whole_;
};

class PlacesOfEvent final : public MaskedFieldReader {
 public:
  PlacesOfEvent(const RuleSet& rules, std::string_view event, PlaceReader& reader) noexcept
      : rules_(rules), event_(event), reader_(reader) {}

  void by_rule(std::uint8_t rule, const FieldPath* path, std::string_view json) noexcept override {
    Place place{offset_of(json), json.size(), std::nullopt};
    if (rule != PathRules::kNoRule) {
      place.rule = rule;
      place.path = path;
    }
    reader_.place(place);
  }

  void by_others(std::string_view name, std::string_view json) noexcept override {
    PlacesOfPart places(offset_of(json), reader_);
    JsonMasker(rules_, json, look_at(rules_, json), nullptr, &places).run(rules_.removes(name));
  }

 private:
  std::size_t offset_of(std::string_view part) const noexcept {
    return static_cast<std::size_t>(part.data() - event_.data());
  }

  const RuleSet& rules_;
  std::string_view event_;
  PlaceReader& reader_;
};

}  // namespace

void read_places(const RuleSet& rules, std::string_view text, PlaceReader& reader) noexcept {
  if (!may_hold_personal_data(text)) return;
  TextFindings findings(rules, text, Escapes::kNone);
  while (const auto finding = findings.next())
    reader.place({finding->offset, finding->length, finding->kind});
}

void read_places_json(const RuleSet& rules, std::string_view json, PlaceReader& reader) noexcept {
  const Look look = look_at(rules, json);
  if (!look.clean) JsonMasker(rules, json, look, nullptr, &reader).run(false);
}

std::size_t write_event_and_places(const RuleSet& rules, std::string_view event,
                                   wire::JsonWriter& out, PlaceReader& reader) noexcept {
  PlacesOfEvent places(rules, event, reader);
  return PathMasker(rules, out, &places).write_event(event);
}

}  // namespace penstock::privacy
