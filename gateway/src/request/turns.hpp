// Long work on one request, in turns with the other connections of its thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>

namespace penstock::gateway {

// After work on so many bytes the others have their turn: a few milliseconds of the dearest text to
// mask, and more than almost all batches have.
inline constexpr std::size_t kTurnBytes = std::size_t{256} * 1024;

// Calls `work` for each of `items`, which returns how many bytes it has looked at. `items` must
// live until the coroutine has finished.
template <typename Items, typename Work>
boost::asio::awaitable<void> in_turns(Items& items, Work work) {
  std::size_t bytes = 0;
  for (auto& item : items) {
    bytes += work(item);
    if (bytes < kTurnBytes) continue;
    bytes = 0;
    co_await boost::asio::post(boost::asio::use_awaitable);
  }
}

}  // namespace penstock::gateway
