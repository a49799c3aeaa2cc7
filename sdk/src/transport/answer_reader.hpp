// Reads what a gateway answers: the verdicts of a 200, and the problem document of an error.
//
// Any thread. Nothing here trusts the text: it may come from a captive portal or a proxy's error
// page.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::transport {

struct Verdicts {
  std::size_t accepted = 0;
  std::vector<std::size_t> rejected;  // indices, ascending; they are in the dead-letter topic
};

// The body of a 2xx to a batch of `events`. nullopt unless it is {"accepted", "rejected":
// [{"index", …}]}, the two add up to `events`, and each index is one of the batch and named once:
// only then is it proof that the batch arrived.
std::optional<Verdicts> read_verdicts(std::string_view body, std::size_t events);

// The body of a 2xx to a request for one erasure.
bool confirms_erasure(std::string_view body);

// "code: detail" of an application/problem+json body (the title if there is no detail), on one line
// of printable characters and at most 200 bytes. Empty if the body is not one, or if it holds
// `secret`.
std::string read_problem(std::string_view body, std::string_view secret);

}  // namespace penstock::transport
