// An event that came as JSON text: checked, completed and masked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "event/event_types.hpp"
#include "event/identity.hpp"
#include "penstock/status.hpp"
#include "privacy/rule_set.hpp"
#include "wire/event_type.hpp"
#include "wire/json_writer.hpp"

namespace penstock {

// Writes `text`, one event object, to `out` as EventEncoder would: eventType, timestamp, user and
// session filled in where they are missing, reserved fields left out, masked. Adds the number of
// masked places to `masked`, and tells its type as far as it is known.
//
// Fails with kInvalidEvent; the message names the field, or the byte at which the text is not JSON,
// and holds no content. May throw std::bad_alloc. Any thread.
Status write_json_event(const privacy::RuleSet& rules, const EventTypes& types,
                        const Identity::Snapshot& identity, std::int64_t now_ms,
                        std::string_view text, wire::JsonWriter& out, std::size_t& masked,
                        wire::TypeId& type);

}  // namespace penstock
