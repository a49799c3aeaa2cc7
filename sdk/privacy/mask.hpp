// Rules applied to one value, and to JSON text. What both halves call before bytes reach a disk or
// Kafka.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "privacy/name_masks.hpp"
#include "privacy/rule_set.hpp"
#include "wire/json_writer.hpp"

namespace penstock::privacy {

// All functions: any thread (a writer is one thread's), no allocation, linear time. Masking what is
// masked already changes nothing. Each returns how many places it masked.

// The kind of what is found first in `text` (unescaped), also in what it decodes to. Nothing if
// write_masked would mask nothing.
std::optional<Kind> first_kind(const RuleSet& rules, std::string_view text) noexcept;

// Writes `text` (unescaped) as a JSON string, findings replaced by their mask.
std::size_t write_masked(const RuleSet& rules, std::string_view text,
                         wire::JsonWriter& out) noexcept;

// As write_masked, for the name of a field; `masks` are those of the object's names before.
std::size_t write_masked_name(const RuleSet& rules, std::string_view name, NameMasks& masks,
                              wire::JsonWriter& out) noexcept;

// Writes `json`, a valid JSON value nested no deeper than wire::kJsonDepthMax, with the rules
// applied to every string in it (names too, which stay apart: NameMasks) and to every field by its
// name, at any depth. Numbers are text to the detectors as well: a card number sent as a number is
// masked. What is not masked keeps its bytes. `field_name` is the name that the value stands under,
// "" for none.
std::size_t write_masked_json(const RuleSet& rules, std::string_view field_name,
                              std::string_view json, wire::JsonWriter& out) noexcept;

// Writes `bytes`, which may be anything, as a JSON string of at most `bytes_max` bytes of the
// input, with findings masked: for a dead letter that is not JSON.
std::size_t write_masked_bytes(const RuleSet& rules, std::string_view bytes, std::size_t bytes_max,
                               wire::JsonWriter& out) noexcept;

// False if write_masked_json would change nothing, decided without writing: the fast path.
bool needs_masking(const RuleSet& rules, std::string_view field_name,
                   std::string_view json) noexcept;

}  // namespace penstock::privacy
