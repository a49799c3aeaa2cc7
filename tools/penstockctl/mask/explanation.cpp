#include "explanation.hpp"

#include "privacy/masked_text.hpp"
#include "record_view.hpp"

namespace penstock::ctl {

void Explanation::place(const privacy::Place& place) noexcept {
  text_ += "    " + reason_of(place) + ": offset " + std::to_string(place.offset) + ", length " +
           std::to_string(place.length) + '\n';
}

std::string Explanation::reason_of(const privacy::Place& place) const {
  if (place.kind) return std::string(privacy::kKindTable[privacy::index_of(*place.kind)].name);
  if (!place.rule) return "removed by its name";
  return shown(place.path) + ", by rule " + std::to_string(*place.rule + 1) + " (" +
         plain(path_rules_[*place.rule]) + ')';
}

// As a rule writes the path.
std::string Explanation::shown(const privacy::FieldPath* path) const {
  const std::string name = plain(privacy::masked_text(rules_, path->name));
  const bool quoted = name.empty() || name.find_first_of(".* ") != std::string::npos;
  return (path->above == nullptr ? "" : shown(path->above) + '.') +
         (quoted ? '"' + name + '"' : name);
}

}  // namespace penstock::ctl
