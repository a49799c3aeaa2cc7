// Walks over JSON text and masks what the rules name or find.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "privacy/detectors.hpp"
#include "privacy/name_masks.hpp"
#include "privacy/places.hpp"
#include "privacy/rule_set.hpp"
#include "wire/json_writer.hpp"

namespace penstock::privacy {

struct Look {
  bool clean;  // the rules leave it as it is
  // Without its escapes, the text of strings and numbers is clean up to here.
  std::size_t content_clean_until;
};

// Two passes over the text, 16 bytes at a time, without a look at its structure. What is unclear
// wants a JsonMasker, which knows. Any thread.
Look look_at(const RuleSet& rules, std::string_view json) noexcept;

// One value, once; one thread at a time. What is left alone is copied in one piece with what
// surrounds it.
class JsonMasker {
 public:
  // Without `out` the masker only looks, and without a `reader` too it stops at the first place that
  // it would mask.
  JsonMasker(const RuleSet& rules, std::string_view json, Look look, wire::JsonWriter* out,
             PlaceReader* reader = nullptr) noexcept
      : rules_(rules),
        json_(json),
        clean_until_(look.content_clean_until),
        out_(out),
        reader_(reader) {}

  // Returns how many places were masked. `remove`: the name of the whole value's field says so.
  std::size_t run(bool remove) noexcept;

 private:
  void walk_string() noexcept;
  void walk_number() noexcept;
  void mask_text(std::size_t begin, std::size_t end, bool is_name) noexcept;
  void mask_finding(const Finding& finding, std::size_t text_begin, bool is_name) noexcept;
  void remove_value(std::size_t begin) noexcept;
  // `kind`: nothing if a name removes it.
  void replace(std::size_t begin, std::size_t end, std::optional<Kind> kind, std::string_view mask,
               bool quoted) noexcept;
  bool removes(std::string_view escaped_name) const noexcept;
  bool done() const noexcept { return at_ >= json_.size() || (looks_only() && masked_ > 0); }
  bool looks_only() const noexcept { return out_ == nullptr && reader_ == nullptr; }

  const RuleSet& rules_;
  std::string_view json_;
  std::size_t clean_until_;
  wire::JsonWriter* out_;
  PlaceReader* reader_;
  std::size_t at_ = 0;
  std::size_t copied_ = 0;  // what stands before is in `out`
  std::size_t masked_ = 0;
  NameMasks name_masks_;
};

}  // namespace penstock::privacy
