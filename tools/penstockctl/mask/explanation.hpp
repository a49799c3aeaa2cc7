// Why a line is masked: a line for each place, without its value.
#pragma once

#include <string>
#include <vector>

#include "privacy/places.hpp"
#include "privacy/rule_set.hpp"

namespace penstock::ctl {

// Collects the places of one line as text. Of a rule it shows the number, counted from 1, the rule
// as written, and the field's path, whose names are masked too. One thread.
class Explanation final : public privacy::PlaceReader {
 public:
  // `path_rules`: the lines that `rules` were read from. Both must outlive the object.
  Explanation(const privacy::RuleSet& rules, const std::vector<std::string>& path_rules) noexcept
      : rules_(rules), path_rules_(path_rules) {}

  void place(const privacy::Place& place) noexcept override;

  const std::string& text() const noexcept { return text_; }
  void clear() noexcept { text_.clear(); }

 private:
  std::string reason_of(const privacy::Place& place) const;
  std::string shown(const privacy::FieldPath* path) const;

  const privacy::RuleSet& rules_;
  const std::vector<std::string>& path_rules_;
  std::string text_;
};

}  // namespace penstock::ctl
