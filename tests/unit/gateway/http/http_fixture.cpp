#include "http_fixture.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <stdexcept>

namespace penstock::gateway::test {

net::awaitable<Answer> ScriptedHandler::handle(RequestHead head, BodyReader& body) {
  {
    const std::lock_guard lock(mutex_);
    ++handled_;
    share_ = head.address_share;
  }
  if (head.correlation_id == "throw") throw std::runtime_error("told to");
  if (head.correlation_id == "refuse") co_return refuse({401, "unknown_key", "", {}}, {});
  MemoryLease lease(memory, head.address_share, nullptr);
  Outcome<std::string> bytes = co_await body.read(body_bytes_max, lease);
  if (!bytes) co_return refuse(bytes.error(), {});
  if (head.correlation_id == "hold") co_await hold();
  Answer answer;
  answer.content_type = "text/plain";
  answer.body = std::move(*bytes);
  co_return answer;
}

Answer ScriptedHandler::refuse(const Problem& problem, std::string_view) {
  Answer answer;
  answer.status = problem.status;
  answer.content_type = "text/plain";
  answer.body = problem.code;
  return answer;
}

net::awaitable<void> ScriptedHandler::hold() {
  const auto executor = co_await net::this_coro::executor;
  const auto timer =
      std::make_shared<net::steady_timer>(executor, net::steady_timer::time_point::max());
  {
    const std::lock_guard lock(mutex_);
    held_.push_back(timer);
    changed_.notify_all();
  }
  co_await timer->async_wait(net::as_tuple(net::use_awaitable));
}

void ScriptedHandler::wait_until_held(std::size_t requests) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return held_.size() >= requests; });
}

void ScriptedHandler::release() {
  const std::lock_guard lock(mutex_);
  for (const auto& timer : held_) net::post(timer->get_executor(), [timer] { timer->cancel(); });
  held_.clear();
}

std::size_t ScriptedHandler::handled() const {
  const std::lock_guard lock(mutex_);
  return handled_;
}

bool ScriptedHandler::came_from(const char* address) {
  const std::lock_guard lock(mutex_);
  return share_ == &memory.share_of(net::ip::make_address_v4(address).to_bytes());
}

Server::Server(const HttpSettings& settings, unsigned threads, const CurrentTls* tls)
    : listener({.port = 0, .threads = threads}, settings, tls, handler, handler.memory,
               {.proxy_refused = [this](std::string_view text) {
                 if (!faulty.exchange(true)) fault.set_value(std::string(text));
               }}) {
  std::signal(SIGPIPE, SIG_IGN);  // as main.cpp does
  listener.start();
}

std::string Server::proxy_fault() { return fault.get_future().get(); }

Server::~Server() { listener.stop(); }

}  // namespace penstock::gateway::test
