// Finds the events of a body that is not valid JSON as a whole, so that each can be judged alone.
//
// The need: a client that writes its JSON by hand or with a lenient library (NaN, a raw line break,
// an event that its process did not finish) spoils one event in a batch of up to 1000. Were the
// whole body refused with 400, an SDK would either keep it and stand still, or drop 999 good
// events; and nobody would see the bad one, which now is a dead letter with the place of its fault.
// Without quotes that close there is nothing to split, and the answer is 400.
//
// Looks at quotes, brackets and commas only. Brackets need not match within an event: a closing one
// closes the innermost of its kind, and what was left open inside with it; or, if it is a ']' and
// none of its kind is open, the innermost object.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace penstock::gateway {

struct SplitBatch {
  // Without white space around them; an empty one between two commas.
  std::vector<std::string_view> events;
  // What stands before and behind the events, brackets included: both empty unless it is a batch
  // object.
  std::string_view before, after;
};

// The elements of the array that `body` is, or of its member "events" if it is an object that has
// one, or the one object that it is. Stops behind `events_max` + 1 events. nullopt if a bracket or
// a string is not closed where the events end, or something else stands around them. Linear time.
// Any thread.
std::optional<SplitBatch> split_batch(std::string_view body, std::size_t events_max);

// The lines of `body` that are not blank, events_max + 1 at most.
SplitBatch split_lines(std::string_view body, std::size_t events_max);

}  // namespace penstock::gateway
