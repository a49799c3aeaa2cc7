// What a fuzz target demands. Aborts, also in builds without assert, so that libFuzzer keeps the
// input.
#pragma once

#include <cstdio>
#include <cstdlib>

#define PENSTOCK_CHECK(condition)                                                    \
  do {                                                                               \
    if (!(condition)) {                                                              \
      std::fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                  \
    }                                                                                \
  } while (false)
