// A typed event to its JSON text, masked, in one pass into the caller's buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "event/event_types.hpp"
#include "event/identity.hpp"
#include "penstock/event.hpp"
#include "privacy/rule_set.hpp"
#include "wire/event_type.hpp"
#include "wire/json_writer.hpp"

namespace penstock {

// What is wrong with an event: "<field> <rule>", of static texts.
struct Problem {
  const char* field = nullptr;  // null: nothing is wrong
  const char* rule = nullptr;   // and what to do
  std::size_t place = 0;        // of a detail or metadata field, whose name may be personal; from 1

  explicit operator bool() const noexcept { return field != nullptr; }
  std::string text() const;
};

// Immutable: any thread. Allocates nothing.
class EventEncoder {
 public:
  // `rules` and `types` outlive it.
  EventEncoder(const privacy::RuleSet& rules, const EventTypes& types) noexcept;

  struct Encoded {
    Problem problem;
    std::size_t masked = 0;  // places
    wire::TypeId type = wire::TypeId::kOther;
  };

  static wire::TypeId type_of(const Event& event) noexcept {
    return event.head_.type == Event::Type::kCustom
               ? wire::TypeId::kOther
               : wire::type_id_of(event.view(event.head_.what));
  }
  // Texts are missing in it: there was no memory for them, or they are too large for any event.
  static bool lacks_memory(const Event& event) noexcept { return event.head_.lacks_memory; }
  static bool is_too_large(const Event& event) noexcept { return event.head_.too_large; }

  // Writes the object without `seq`, which the record's header carries and the batch adds. `now_ms`
  // is Unix time, for an event that names no time of its own. If `out` has overflowed afterwards,
  // the text is incomplete.
  Encoded encode(const Event& event, const Identity::Snapshot& identity, std::int64_t now_ms,
                 wire::JsonWriter& out) const noexcept;

 private:
  // What happens to a field by its name or by rules for paths: found once, not for each event.
  enum class Treatment : std::uint8_t {
    kMasked,   // by its content alone
    kRemoved,  // by its name
    kByRule,   // a rule for paths may decide on it, or on what is in it
  };
  struct Treatments {
    Treatment user, session, page, correlation, activity, record, action, metadata, details;
  };
  static Treatment treatment_of(const privacy::RuleSet& rules, std::string_view field) noexcept;

  class Writer;

  const privacy::RuleSet& rules_;
  const EventTypes& types_;
  const Treatments treat_;
};

// Writes an identifier as a masked JSON string, by content and by the rules for paths; names are the
// caller's to ask. `field` is its name, static. Any thread.
Problem write_identifier(const privacy::RuleSet& rules, const char* field, std::string_view text,
                         wire::JsonWriter& out, std::size_t& masked) noexcept;

}  // namespace penstock
