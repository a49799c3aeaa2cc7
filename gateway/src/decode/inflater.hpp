// Bodies as they travelled to bodies as they were: gzip and zstd, within a bound.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "media_type.hpp"
#include "memory_budget.hpp"
#include "outcome.hpp"

namespace penstock::gateway {

// Keeps its contexts and its buffer between bodies. One thread at a time.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;

  // Several gzip members or zstd frames, one behind the other, are one body. Memory grows with what
  // really comes out, never by what a header claims.
  // Refuses with 413 more than `bytes_max`, and with 400 what is cut off, damaged, or followed by
  // anything else. `lease` has room for `body`, and for what comes out afterwards. Throws
  // std::bad_alloc.
  Outcome<std::string> inflate(BodyCoding coding, std::string body, std::size_t bytes_max,
                               MemoryLease& lease);

 private:
  struct Contexts;

  enum class Result { kDone, kMoreRoom, kDamaged };
  Result gunzip();
  Result unzstd(std::string_view body);
  Outcome<std::string> inflated(BodyCoding coding, std::string_view body, std::size_t bytes_max,
                                MemoryLease& lease);
  // More room behind what is there already, `bytes_max` at most. False if there is that much
  // already.
  bool grow(std::size_t bytes_max, MemoryLease& lease);
  // Gives a large buffer back.
  void shrink(MemoryLease& lease) noexcept;

  std::unique_ptr<Contexts> contexts_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;  // bytes of buffer_ that are inflated
};

}  // namespace penstock::gateway
