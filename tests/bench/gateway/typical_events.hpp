// The same events for everyone who is measured: about 435 bytes each, as the SDK sends them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace penstock::bench {

// One event object. `number` makes user, seq and values differ as they do in life.
std::string typical_event(std::uint64_t number);

// A batch object of `events` of them.
std::string typical_batch(std::uint64_t first_number, std::size_t events);

}  // namespace penstock::bench
