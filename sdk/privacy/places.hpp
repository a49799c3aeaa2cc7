// Where the rules mask something, for people who want to know why. By the code that masks.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "privacy/rule_set.hpp"

namespace penstock::privacy {

struct Place {
  std::size_t offset;        // bytes into what is masked
  std::size_t length;        // bytes
  std::optional<Kind> kind;  // nothing: removed by its field's name
};

class PlaceReader {
 public:
  virtual void place(const Place& place) noexcept = 0;

 protected:
  ~PlaceReader() = default;
};

// Tells `reader` each place that write_masked(), or write_masked_json() without a field's name,
// would mask, from the first to the last. Any thread, no allocation.
void read_places(const RuleSet& rules, std::string_view text, PlaceReader& reader) noexcept;
void read_places_json(const RuleSet& rules, std::string_view json, PlaceReader& reader) noexcept;

}  // namespace penstock::privacy
