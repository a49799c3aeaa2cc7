// Journal records to one request body: the batch object of the wire protocol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "journal/journal.hpp"
#include "journal/ledger.hpp"

namespace penstock::transport {

// One thread at a time. Keeps its buffer: a body costs one copy of each event, and no allocation
// once the buffer has grown.
class Batcher {
 public:
  // `context_json` is a JSON object, masked already; it is spliced in as it is.
  explicit Batcher(std::string context_json) : context_json_(std::move(context_json)) {}

  // That of all later batches.
  void set_context(std::string context_json) noexcept { context_json_ = std::move(context_json); }

  // A record's payload is the event's object without its number: `"seq":N` is put behind the
  // opening brace. A payload that is not an object becomes an event with nothing but its number, so
  // that the gateway rejects it alone and the rest of its batch is not held up for ever. `dropped`
  // are the events given up that no batch has reported yet. Valid until the next call. Throws
  // std::bad_alloc.
  std::string_view build(std::string_view install_id, std::span<const journal::Record> records,
                         const journal::DropTotals& dropped, std::int64_t now_unix_milliseconds);

 private:
  char* reserve(std::size_t bytes);

  std::string context_json_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
};

}  // namespace penstock::transport
