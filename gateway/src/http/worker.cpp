#include "worker.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <vector>

#include "connection_count.hpp"

namespace penstock::gateway {
namespace {

constexpr auto kNoThrow = net::as_tuple(net::use_awaitable);

// One look at all connections, now and then, costs less than a timer that is set anew two or three
// times for each request.
std::chrono::milliseconds tick_interval(const HttpSettings& settings) {
  using std::chrono::milliseconds;
  const auto shortest =
      std::min({settings.header_timeout, settings.body_timeout, settings.idle_timeout,
                settings.request_timeout, settings.linger_timeout});
  return std::clamp(shortest / 8, milliseconds(1), milliseconds(500));
}

// Counts a connection for as long as its coroutine lives, however that ends.
class Counted {
 public:
  Counted(ConnectionCount& all, std::atomic<std::size_t>& here) : all_(all), here_(here) {}
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() {
    here_.fetch_sub(1, std::memory_order_relaxed);
    all_.remove();
  }

 private:
  ConnectionCount& all_;
  std::atomic<std::size_t>& here_;
};

}  // namespace

Worker::Worker(const HttpSettings& settings, RequestHandler& handler, MemoryBudget& memory,
               const CurrentTls* tls, ConnectionCount& count,
               std::function<void(std::string_view fault)> proxy_refused)
    : count_(count),
      tls_(tls),
      scope_{.settings = settings,
             .handler = handler,
             .memory = memory,
             .proxy_refused = std::move(proxy_refused)},
      pulse_(tick_interval(settings)) {
  net::co_spawn(context_, watch_deadlines(), net::detached);
}

void Worker::start() {
  thread_ = std::thread([this] { context_.run(); });
}

void Worker::stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void Worker::adopt(net::ip::tcp::socket socket) {
  connections_.fetch_add(1, std::memory_order_relaxed);
  count_.add();
  // What a connection throws, an exhausted memory for example, ends that connection alone.
  net::co_spawn(context_, serve(std::move(socket)), net::detached);
}

net::awaitable<void> Worker::serve(net::ip::tcp::socket socket) {
  const Counted counted(count_, connections_);
  boost::system::error_code ignored;
  socket.set_option(net::ip::tcp::no_delay(true), ignored);
  const auto tls = tls_ == nullptr ? nullptr : tls_->get();  // keeps what OpenSSL refers to
  Connection connection(scope_, std::move(socket), tls ? tls->native() : nullptr);
  co_await connection.serve();
}

void Worker::make_room(std::size_t count) {
  net::post(context_, [this, count] {
    std::vector<Connection*> waiting;
    const auto since = ByteStream::Clock::now() - scope_.settings.room_wait;
    for (auto& connection : scope_.open) {
      if (connection.waiting_since() <= since && connection.waiting_since())
        waiting.push_back(&connection);
    }
    const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(std::min(count, waiting.size()));
    std::partial_sort(waiting.begin(), end, waiting.end(), [](const auto* a, const auto* b) {
      return a->waiting_since() < b->waiting_since();
    });
    std::for_each(waiting.begin(), end, [](Connection* connection) { connection->end_for_room(); });
  });
}

void Worker::announce_end() {
  net::post(context_, [this] { scope_.ending = true; });
}

void Worker::drain() {
  net::post(context_, [this] {
    scope_.ending = scope_.draining = true;
    for (auto& connection : scope_.open) connection.drain();
  });
}

net::awaitable<void> Worker::watch_deadlines() {
  const auto interval = tick_interval(scope_.settings);
  for (;;) {
    tick_.expires_after(interval);
    const auto [error] = co_await tick_.async_wait(kNoThrow);
    if (error) co_return;
    const auto now = ByteStream::Clock::now();
    pulse_.beat(now);
    for (auto& connection : scope_.open) connection.tick(now);
    if (tls_ != nullptr) tls_->get()->expire_ticket_keys(now);
  }
}

}  // namespace penstock::gateway
