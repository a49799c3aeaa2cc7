// A server with a handler of the test's own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/listener.hpp"
#include "support/raw_client.hpp"

namespace penstock::gateway::test {

// Answers 200 with the body that came. The header X-Correlation-Id tells it to do something else:
//   refuse   401 without reading the body
//   hold     reads the body and answers when release() is called
//   throw    throws
class ScriptedHandler : public RequestHandler {
 public:
  net::awaitable<Answer> handle(RequestHead head, BodyReader& body) override;
  Answer refuse(const Problem& problem, std::string_view correlation_id) override;

  void wait_until_held(std::size_t requests);
  void release();

  std::size_t body_bytes_max = 1 << 20;
  MemoryBudget memory{std::size_t{64} << 20};
  std::size_t handled() const;
  // Does the last request count as one of `address`, of IPv4?
  bool came_from(const char* address);

 private:
  net::awaitable<void> hold();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<net::steady_timer>> held_;
  std::size_t handled_ = 0;
  const MemoryShare* share_ = nullptr;
};

using penstock::test::Client;
using penstock::test::post;
using penstock::test::post_chunked;
using penstock::test::post_head;
using penstock::test::Response;
using penstock::test::TlsClientContext;

struct Server {
  explicit Server(const HttpSettings& settings = {}, unsigned threads = 2,
                  const CurrentTls* tls = nullptr);
  ~Server();

  // The first fault that the listener has told of a PROXY header; waits until there is one.
  std::string proxy_fault();

  ScriptedHandler handler;
  std::promise<std::string> fault;
  std::atomic<bool> faulty{false};
  Listener listener;
};

}  // namespace penstock::gateway::test
