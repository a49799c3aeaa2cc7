// Why a batch was not acknowledged, in words for the person who reads stats().sender_message.
#pragma once

#include <string>
#include <string_view>

#include "https/message.hpp"

namespace penstock::transport {

// What happened, and what to do where a person can do something. Holds the problem document's code
// and detail if `answer` carries one, bounded, and never `secret` (the write key). Any thread.
std::string describe_failure(const https::Answer& answer, std::string_view gateway,
                             std::string_view secret);

}  // namespace penstock::transport
