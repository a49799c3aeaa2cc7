// How much one request may bring.
#pragma once

#include <cstddef>

#include "wire/limits.hpp"

namespace penstock::gateway {

struct AdmissionLimits {
  std::size_t body_bytes = wire::kBodyBytesMax;  // one body, as it travels; else 413
};

}  // namespace penstock::gateway
