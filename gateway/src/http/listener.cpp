#include "listener.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>
#include <thread>

#include "listen_fault.hpp"

namespace penstock::gateway {
namespace {

using net::ip::tcp;

constexpr auto kNoThrow = net::as_tuple(net::use_awaitable);
// Until room or a file descriptor may be free again.
constexpr std::chrono::milliseconds kPause{20};

}  // namespace

Listener::Listener(const ListenAddress& where, const HttpSettings& settings, const CurrentTls* tls,
                   RequestHandler& handler, MemoryBudget& memory, ListenerReports reports)
    : settings_(settings), reports_(std::move(reports)) {
  const unsigned threads =
      where.threads > 0 ? where.threads : std::max(1U, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < threads; ++i)
    workers_.push_back(
        std::make_unique<Worker>(settings_, handler, memory, tls, count_, reports_.proxy_refused));
  pause_ = std::make_unique<net::steady_timer>(workers_.front()->context());
  acceptor_ = std::make_unique<tcp::acceptor>(workers_.front()->context());
  try {
    listen_on(where);
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error(
        listen_fault(error.code().value(), "listen", where.address, where.port));
  }
}

void Listener::listen_on(const ListenAddress& where) {
  const tcp::endpoint endpoint(net::ip::make_address(where.address), where.port);
  acceptor_->open(endpoint.protocol());
  acceptor_->set_option(net::socket_base::reuse_address(true));  // after a restart, at once
  acceptor_->bind(endpoint);
  acceptor_->listen();
  port_ = acceptor_->local_endpoint().port();
}

void Listener::start() {
  net::co_spawn(workers_.front()->context(), accept(), net::detached);
  for (auto& worker : workers_) worker->start();
}

void Listener::announce_end() {
  for (auto& worker : workers_) worker->announce_end();
}

void Listener::stop_accepting() {
  net::post(workers_.front()->context(), [this] {
    boost::system::error_code ignored;
    acceptor_->close(ignored);
    pause_->cancel();
  });
}

bool Listener::drain(std::chrono::milliseconds timeout) {
  for (auto& worker : workers_) worker->drain();
  return count_.wait_until_none(timeout);
}

void Listener::stop() {
  for (auto& worker : workers_) worker->stop();
}

std::chrono::nanoseconds Listener::loop_lag() const {
  const auto now = LoopPulse::Clock::now();
  std::chrono::nanoseconds longest{0};
  for (const auto& worker : workers_) longest = std::max(longest, worker->pulse().lag(now));
  return longest;
}

double Listener::loop_busy() const {
  double most = 0;
  for (const auto& worker : workers_) most = std::max(most, worker->pulse().busy());
  return most;
}

Worker& Listener::least_busy() noexcept {
  return **std::min_element(workers_.begin(), workers_.end(), [](const auto& a, const auto& b) {
    return a->connections() < b->connections();
  });
}

// Of the thread that has most.
void Listener::make_room() {
  constexpr std::size_t kParts = 64;  // so many rounds would end them all
  if (reports_.full) reports_.full();
  auto& busiest = **std::max_element(
      workers_.begin(), workers_.end(),
      [](const auto& a, const auto& b) { return a->connections() < b->connections(); });
  busiest.make_room(settings_.connections_max / kParts + 1);
}

net::awaitable<void> Listener::accept() {
  while (acceptor_->is_open()) {
    // Also when there is no room: somebody must have come before others are ended.
    auto [wait_error] = co_await acceptor_->async_wait(tcp::acceptor::wait_read, kNoThrow);
    bool taken = false;
    if (!wait_error && count_.open() >= settings_.connections_max) {
      make_room();
    } else if (!wait_error) {
      Worker& worker = least_busy();
      auto [error, socket] = co_await acceptor_->async_accept(worker.context(), kNoThrow);
      taken = !error;
      if (error == boost::system::errc::too_many_files_open) make_room();
      if (taken) {
        if (reports_.opened) reports_.opened();
        worker.adopt(std::move(socket));
      }
    }
    // No room, or no file descriptor (EMFILE): trying again at once would only spin.
    if (!taken && acceptor_->is_open()) {
      pause_->expires_after(kPause);
      co_await pause_->async_wait(kNoThrow);
    }
  }
}

}  // namespace penstock::gateway
