// Where the tokens of a JSON text begin, found with vector instructions. The only file with
// simdjson.h.
//
// This is the first of simdjson's two stages. Its second one, and its On-Demand reader, are not
// used: they refuse numbers that are JSON but no double, let lone low surrogates pass, and keep no
// slices of the text, all of which the gateway needs. What follows instead is JsonWalker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "memory_budget.hpp"

namespace penstock::gateway {

enum class ScanResult {
  kOk,  // UTF-8, no control characters in strings, all strings closed; nothing else is checked yet
  kEmpty,
  kInvalidUtf8,
  kUnclosedString,
  kControlCharacter,
};

// Takes 4 bytes for each byte of a text. Keeps the memory of texts up to 1 MiB for the next one.
// One thread at a time.
class StructuralIndex {
 public:
  StructuralIndex();
  ~StructuralIndex();
  StructuralIndex(StructuralIndex&&) noexcept;
  StructuralIndex& operator=(StructuralIndex&&) noexcept;

  // What it takes for a text larger than 1 MiB is on lease until shrink(), which comes before the
  // end of `lease`. Throws std::bad_alloc. If it is not kOk, there are no tokens.
  ScanResult scan(std::string_view text, MemoryLease& lease);
  // Gives back what a large text took, and its tokens.
  void shrink(MemoryLease& lease) noexcept;

  // Offsets into the text, ascending: each of { } [ ] : , outside strings, each string's opening
  // quote, and the first byte of each run of anything else. One more behind the last, the text's
  // size. Valid until the next scan().
  const std::uint32_t* offsets() const noexcept;
  std::size_t count() const noexcept { return count_; }

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  std::size_t count_ = 0;
  std::size_t leased_ = 0;  // bytes
};

}  // namespace penstock::gateway
