#include "privacy/places.hpp"

#include "privacy/json_masker.hpp"
#include "privacy/text_findings.hpp"

namespace penstock::privacy {

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

}  // namespace penstock::privacy
