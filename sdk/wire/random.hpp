// Random bytes of the operating system.
#pragma once

#include <cstddef>

namespace penstock::wire {

// Good for keys (getrandom). Never fails on a running system. Any thread.
void fill_random(void* to, std::size_t bytes) noexcept;

}  // namespace penstock::wire
