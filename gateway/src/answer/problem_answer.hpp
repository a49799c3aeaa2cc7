// A refusal as application/problem+json (RFC 9457).
#pragma once

#include <string_view>

#include "request.hpp"

namespace penstock::gateway {

// {"type","title","status","detail","code","correlationId"}, and the problem's Retry-After.
// `correlation_id` is what the client sent and may be empty; then the field is left out. Pure; any
// thread.
Answer problem_answer(const Problem& problem, std::string_view correlation_id);

}  // namespace penstock::gateway
