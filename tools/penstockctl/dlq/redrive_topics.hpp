// The topics that a redrive needs.
#pragma once

#include <string>
#include <vector>

#include "kafka_access.hpp"

namespace penstock::ctl {

// Makes those of penstockctl that are missing. Throws std::runtime_error for a topic of the gateway
// that is not there, before anything is written. `targets`: where events may go, whole names.
// Returns whether the ledger is there now: false where Kafka makes it with its first record.
bool prepare_topics(const KafkaAccess& kafka, const std::vector<std::string>& targets);

}  // namespace penstock::ctl
