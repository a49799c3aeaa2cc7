// One thread, its io_context, and the connections that it serves.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>

#include "connection.hpp"
#include "loop_pulse.hpp"
#include "tls_context.hpp"

namespace penstock::gateway {

class ConnectionCount;

// A connection stays on the thread that it came to, so nothing of it needs a lock or a strand.
class Worker {
 public:
  // `tls` null: plain HTTP. `proxy_refused`: ConnectionScope's.
  Worker(const HttpSettings& settings, RequestHandler& handler, MemoryBudget& memory,
         const CurrentTls* tls, ConnectionCount& count,
         std::function<void(std::string_view fault)> proxy_refused);
  ~Worker() { stop(); }

  void start();
  // Any thread: serves the client behind `socket`, which belongs to context().
  void adopt(net::ip::tcp::socket socket);
  // Any thread: ends the `count` connections that have waited longest for a request, each for at
  // least HttpSettings::room_wait.
  void make_room(std::size_t count);
  // Any thread: each answer from now on is the last of its connection, and says so.
  void announce_end();
  // Any thread: ends idle connections now, and the others with their next answer.
  void drain();
  // Ends the thread. Connections are cut only by the destructor, so that what is resumed on this
  // context until then finds it alive.
  void stop();

  const LoopPulse& pulse() const noexcept { return pulse_; }
  net::io_context& context() noexcept { return context_; }
  std::size_t connections() const noexcept { return connections_.load(std::memory_order_relaxed); }

 private:
  net::awaitable<void> serve(net::ip::tcp::socket socket);
  net::awaitable<void> watch_deadlines();

  ConnectionCount& count_;
  const CurrentTls* tls_;
  // These two outlive the connections, which context_ owns.
  ConnectionScope scope_;
  std::atomic<std::size_t> connections_{0};
  LoopPulse pulse_;
  net::io_context context_{1};
  net::steady_timer tick_{context_};
  std::thread thread_;
};

}  // namespace penstock::gateway
