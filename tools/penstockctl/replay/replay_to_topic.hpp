// A replay's records as copies in a topic, exactly once: the copies and the positions are in one
// transaction. A copy has the record's key, value and headers, and the header `replayed`.
#pragma once

#include <memory>
#include <string>

#include "replay_run.hpp"

namespace penstock::ctl {

// `topic`: its whole name. `new_timestamps`: the copies get Kafka's time of now. `settings` outlive
// the target.
std::shared_ptr<ReplayTarget> replay_to_topic(const ReplaySettings& settings,
                                              const std::string& topic, bool new_timestamps);

}  // namespace penstock::ctl
