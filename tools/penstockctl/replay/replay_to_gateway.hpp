// A replay's events to a gateway, at least once: positions are committed when it has acknowledged
// them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "gateway_post.hpp"
#include "replay_run.hpp"

namespace penstock::ctl {

// `codes`: gets how many events were rejected, by code. Both outlive the target, and `settings`.
std::shared_ptr<ReplayTarget> replay_to_gateway(const ReplaySettings& settings,
                                                const GatewayAccess& gateway,
                                                std::map<std::string, std::uint64_t>& codes);

}  // namespace penstock::ctl
