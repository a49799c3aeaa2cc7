// A TCP port of 127.0.0.1 on which nothing listens, also with tests running in parallel.
#pragma once

#include <cstdint>

namespace penstock::test {

// The port is this process's until it ends: no other call, in this or another test process, returns
// it, and no outgoing connection is given it. So a server may be stopped and started on it again,
// or a test may rely on nobody listening. Throws std::runtime_error when none is free. Any thread.
std::uint16_t free_port();

}  // namespace penstock::test
