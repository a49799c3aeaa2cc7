// Makes a request body small before it travels.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "penstock/options.hpp"

namespace penstock::transport {

// One thread at a time. Keeps its state and its buffer, so that after the first bodies it allocates
// nothing.
class Compressor {
 public:
  // Throws std::bad_alloc, as does compress().
  explicit Compressor(Compression compression);
  ~Compressor();
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  // The value of Content-Encoding; empty for none.
  std::string_view content_encoding() const noexcept;

  // Valid until the next call; for Compression::kNone it is `body` itself.
  std::string_view compress(std::string_view body);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace penstock::transport
