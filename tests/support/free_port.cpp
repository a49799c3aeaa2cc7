#include "support/free_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <stdexcept>
#include <string>

namespace penstock::test {
namespace {

// Below 32768, where Linux begins to hand out ports to outgoing connections.
constexpr std::uint16_t kFirstPort = 20000;
constexpr std::uint16_t kLastPort = 31999;
constexpr int kAttemptsMax = 1000;

// A name in the kernel's abstract socket namespace: exclusive on the machine, gone with the
// process, and no file to leave behind. The descriptor stays open for that, on purpose.
bool reserve(std::uint16_t port) {
  const std::string name = "penstock-test-port-" + std::to_string(port);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), address.sun_path + 1);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());

  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), length) == 0) return true;
  close(descriptor);
  return false;
}

bool nobody_uses(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  address.sin_port = htons(port);

  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const bool bound =
      bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(descriptor);
  return bound;
}

}  // namespace

std::uint16_t free_port() {
  std::random_device random;
  std::uniform_int_distribution<unsigned> ports(kFirstPort, kLastPort);
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto port = static_cast<std::uint16_t>(ports(random));
    if (reserve(port) && nobody_uses(port)) return port;
  }
  throw std::runtime_error("no free port between " + std::to_string(kFirstPort) + " and " +
                           std::to_string(kLastPort));
}

}  // namespace penstock::test
