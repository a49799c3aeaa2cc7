// Where the rules mask something, for people who want to know why. By the code that masks.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "privacy/path_masker.hpp"
#include "privacy/rule_set.hpp"
#include "wire/json_writer.hpp"

namespace penstock::privacy {

struct Place {
  std::size_t offset;                    // bytes into what is masked
  std::size_t length;                    // bytes
  std::optional<Kind> kind;              // nothing: a rule by path, or removed by its field's name
  std::optional<std::size_t> rule = {};  // the index of the rule by path that decided
  const FieldPath* path = nullptr;       // if a rule decided; lives until place() returns
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

// Writes `event` as PathMasker::write_event(), and tells `reader` the places. The rules must have
// paths. After an overflow of `out` the places mean nothing. Any thread, no allocation.
std::size_t write_event_and_places(const RuleSet& rules, std::string_view event,
                                   wire::JsonWriter& out, PlaceReader& reader) noexcept;

}  // namespace penstock::privacy
