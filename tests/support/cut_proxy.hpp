// A way to a TCP server that can be cut as networks are: nothing is refused and nothing is closed,
// what is sent just does not arrive, and attempts to connect get no answer.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace penstock::test {

// From 127.0.0.1:port() to 127.0.0.1:`target`, which need not listen yet. Any thread.
class CutProxy {
 public:
  CutProxy(std::uint16_t port, std::uint16_t target);  // throws std::system_error
  ~CutProxy();
  CutProxy(const CutProxy&) = delete;
  CutProxy& operator=(const CutProxy&) = delete;

  void cut();      // returns when attempts to connect hang
  void restore();  // what was held back arrives

 private:
  struct Pair {
    int client;
    int server;
  };

  void run();
  void accept_one();
  bool relay(int from, int to);
  void wake();

  const std::uint16_t port_;
  const std::uint16_t target_;
  int listener_ = -1;
  int wake_[2] = {-1, -1};
  std::mutex mutex_;  // guards the next two
  bool cut_ = false;
  bool ending_ = false;
  std::vector<int> fillers_;  // connections that fill the queue of the listener
  std::vector<Pair> pairs_;   // of the thread alone
  std::thread thread_;
};

}  // namespace penstock::test
