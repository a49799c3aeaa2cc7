// What a gateway says about a batch that was sent to it. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::ctl {

struct GatewayVerdicts {
  std::uint64_t accepted = 0, rejected = 0;
  std::map<std::string, std::uint64_t> codes;  // of the rejected
};

// Of the body of a 200. Nothing if it is not an answer to a batch of so many events, but that of a
// captive portal.
std::optional<GatewayVerdicts> read_verdicts(std::string_view body, std::size_t events);

// The code and detail of a problem (RFC 9457), or "".
std::string problem_text(std::string_view body);

// Whether the event is stamped with the same eventId however often it is sent, and with that of its
// record: it has an installId and a seq.
bool keeps_event_id(std::string_view value);

}  // namespace penstock::ctl
