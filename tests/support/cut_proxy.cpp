#include "support/cut_proxy.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace penstock::test {
namespace {

sockaddr_in address_of(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

int require(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

int connect_to(std::uint16_t port, int flags) {
  const int client = require(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), "socket");
  const auto address = address_of(port);
  // What fails, or is on its way, shows when it is used.
  static_cast<void>(connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  return client;
}

}  // namespace

CutProxy::CutProxy(std::uint16_t port, std::uint16_t target) : port_(port), target_(target) {
  listener_ = require(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  const int yes = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const auto address = address_of(port);
  require(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  // The shortest queue: the kernel answers no further attempt to connect once it is full.
  require(listen(listener_, 0), "listen");
  require(pipe2(wake_, O_CLOEXEC), "pipe2");
  thread_ = std::thread([this] { run(); });
}

CutProxy::~CutProxy() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake();
  thread_.join();
  for (const int filler : fillers_) close(filler);
  for (const auto& pair : pairs_) {
    close(pair.client);
    close(pair.server);
  }
  for (const int fd : {listener_, wake_[0], wake_[1]}) close(fd);
}

void CutProxy::cut() {
  {
    const std::lock_guard lock(mutex_);
    cut_ = true;
  }
  wake();
  constexpr int kFillersMax = 64;
  constexpr int kUnansweredMs = 300;
  for (int i = 0; i < kFillersMax; ++i) {
    fillers_.push_back(connect_to(port_, SOCK_NONBLOCK));
    pollfd waiting{fillers_.back(), POLLOUT, 0};
    if (poll(&waiting, 1, kUnansweredMs) == 0) return;
  }
  throw std::runtime_error("the queue of the proxy's listener does not fill");
}

void CutProxy::restore() {
  for (const int filler : fillers_) close(filler);
  fillers_.clear();
  {
    const std::lock_guard lock(mutex_);
    cut_ = false;
  }
  wake();
}

void CutProxy::wake() { static_cast<void>(!write(wake_[1], "x", 1)); }

void CutProxy::accept_one() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client >= 0) pairs_.push_back({client, connect_to(target_, 0)});
}

bool CutProxy::relay(int from, int to) {
  std::array<char, 65536> bytes;
  const ssize_t got = recv(from, bytes.data(), bytes.size(), 0);
  if (got <= 0) return false;
  for (ssize_t sent = 0; sent < got;) {
    const ssize_t more =
        send(to, bytes.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
    if (more <= 0) return false;
    sent += more;
  }
  return true;
}

void CutProxy::run() {
  while (true) {
    bool cut = false;
    {
      const std::lock_guard lock(mutex_);
      if (ending_) return;
      cut = cut_;
    }
    std::vector<pollfd> waiting{{wake_[0], POLLIN, 0}};
    if (!cut) {
      waiting.push_back({listener_, POLLIN, 0});
      for (const auto& pair : pairs_) {
        waiting.push_back({pair.client, POLLIN, 0});
        waiting.push_back({pair.server, POLLIN, 0});
      }
    }
    poll(waiting.data(), waiting.size(), -1);
    if (waiting[0].revents != 0) {
      std::array<char, 64> bytes;
      static_cast<void>(!read(wake_[0], bytes.data(), bytes.size()));
      continue;  // cut_ may have changed: nothing more goes through then
    }
    std::vector<Pair> kept;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const auto& pair = pairs_[i];
      const bool from_client = waiting[2 + 2 * i].revents != 0;
      const bool from_server = waiting[3 + 2 * i].revents != 0;
      if ((!from_client || relay(pair.client, pair.server)) &&
          (!from_server || relay(pair.server, pair.client))) {
        kept.push_back(pair);
      } else {
        close(pair.client);
        close(pair.server);
      }
    }
    pairs_ = std::move(kept);
    if (waiting[1].revents != 0) accept_one();
  }
}

}  // namespace penstock::test
