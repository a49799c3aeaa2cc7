// A server with a handler of the test's own.
#pragma once

#include <condition_variable>
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

 private:
  net::awaitable<void> hold();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<net::steady_timer>> held_;
  std::size_t handled_ = 0;
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

  ScriptedHandler handler;
  Listener listener;
};

}  // namespace penstock::gateway::test
