// How many files and sockets this process may have open.
#pragma once

#include <cstddef>

namespace penstock::gateway {

// Raises the soft limit (RLIMIT_NOFILE) to the hard one, which needs no privilege, and returns what
// it is then. Call it once, before threads start.
std::size_t raise_file_limit();

// How many connections of clients `file_limit` allows: what is left when health checks, Kafka's
// brokers and the log have theirs.
std::size_t connections_within(std::size_t file_limit);

}  // namespace penstock::gateway
