// Takes connections and gives each to a thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "connection_count.hpp"
#include "http_settings.hpp"
#include "request_handler.hpp"
#include "tls_context.hpp"
#include "worker.hpp"

namespace penstock::gateway {

struct ListenAddress {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8443;  // 0: any free one
  unsigned threads = 0;       // 0: one for each core
};

// Called on the threads; must not wait. Empty: nobody wants to know.
struct ListenerReports {
  // For each connection.
  std::function<void()> opened = {};
  // As many are open as may be, and another one has come: many times.
  std::function<void()> full = {};
  // A listed load balancer sent no PROXY header: what is wrong. Many times, on several threads.
  std::function<void(std::string_view fault)> proxy_refused = {};
};

// One acceptor deals the connections out, each to the thread that has fewest. An acceptor for each
// thread (SO_REUSEPORT) would leave it to a hash of the addresses: with the few and long-lived
// connections of SDKs behind a proxy, one thread would have twice the work of another, and a
// second gateway by mistake on the same port would not be noticed.
//
// To end it: announce_end(), stop_accepting(), drain(), stop(); then let go of what may still resume
// a request (the sink), and destroy the listener last. One thread at a time, except where it says
// otherwise.
class Listener {
 public:
  // Binds and listens; clients wait until start(). `tls` null: plain HTTP; what is in it may be
  // replaced: for connections that come from then on. Throws std::runtime_error that names address
  // and port.
  Listener(const ListenAddress& where, const HttpSettings& settings, const CurrentTls* tls,
           RequestHandler& handler, MemoryBudget& memory, ListenerReports reports = {});
  ~Listener() { stop(); }

  void start();

  // Each answer from now on says "Connection: close" and ends its connection, so that clients come
  // back through the load balancer, which sends them elsewhere. Who comes anew is still served: the
  // balancer may not know yet.
  void announce_end();
  // New connections are refused from now on; those that are open go on.
  void stop_accepting();
  // Idle connections end now, the others with the answer to the request that is open. Blocks until
  // all have ended; false if some have not after `timeout`.
  bool drain(std::chrono::milliseconds timeout);
  // Ends the threads, in the middle of whatever they do.
  void stop();

  // Of the slowest event loop, how long its clock tick is overdue. Any thread.
  std::chrono::nanoseconds loop_lag() const;
  // Of the busiest event loop, the share of the last seconds that its thread ran, 0 to 1. Any
  // thread.
  double loop_busy() const;

  std::uint16_t port() const noexcept { return port_; }                      // any thread
  std::size_t connections_max() const { return settings_.connections_max; }  // any thread
  std::size_t connections() const { return count_.open(); }                  // any thread
  std::size_t threads() const noexcept { return workers_.size(); }           // any thread

 private:
  void listen_on(const ListenAddress& where);
  net::awaitable<void> accept();
  Worker& least_busy() noexcept;
  void make_room();

  HttpSettings settings_;
  ListenerReports reports_;
  ConnectionCount count_;
  std::vector<std::unique_ptr<Worker>> workers_;
  // On the first worker's thread, beside its connections.
  std::unique_ptr<net::ip::tcp::acceptor> acceptor_;
  std::unique_ptr<net::steady_timer> pause_;
  std::uint16_t port_ = 0;
};

}  // namespace penstock::gateway
