// Names to addresses, within a deadline. getaddrinfo() cannot be interrupted and may take half a
// minute where a name server is away, so it runs on a thread of its own, which is waited for like a
// socket.
#pragma once

#include <netdb.h>

#include <memory>
#include <string>

#include "https/socket_wait.hpp"

namespace penstock::https {

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, FreeAddresses>;

bool is_ip_address(const std::string& host);

// One thread at a time. A look-up that outlasts its deadline goes on, and the next one for the same
// host and port takes it over; one that is never asked for again ends by itself, within the bounds
// of resolv.conf, and touches nothing of this object.
class Resolver {
 public:
  explicit Resolver(SocketWait& wait) noexcept : wait_(wait) {}  // outlives the resolver
  ~Resolver();

  // The stream addresses of `host`. Null, and a text in `error`, if it has none, at `deadline`, or
  // on cancel().
  AddressList resolve(const std::string& host, int port, Clock::time_point deadline,
                      std::string& error);

 private:
  struct Lookup;
  bool start(const std::string& host, const std::string& port);

  SocketWait& wait_;
  std::shared_ptr<Lookup> lookup_;  // the one that outlasted its deadline
};

}  // namespace penstock::https
