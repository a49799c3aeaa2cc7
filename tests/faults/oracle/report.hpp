// The lines in which the oracle says what it found.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace penstock::oracle {

inline void line(const std::string& name, std::uint64_t value) {
  std::printf("  %-44s %10llu\n", name.c_str(), static_cast<unsigned long long>(value));
}

}  // namespace penstock::oracle
