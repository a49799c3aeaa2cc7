// Counts every heap allocation of the process, whichever library makes it, by standing in for
// malloc.
#pragma once

#include <cstdint>

namespace penstock::bench {

// Of the calling thread, so far.
std::uint64_t thread_allocations() noexcept;

}  // namespace penstock::bench
