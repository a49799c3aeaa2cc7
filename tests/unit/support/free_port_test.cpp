// Goal: a port from free_port() is nobody else's, though tests run in parallel.
// Method: take many, in two processes at once; bind one.
#include "support/free_port.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <set>

namespace penstock::test {
namespace {

constexpr std::size_t kPortsEach = 200;
using Ports = std::array<std::uint16_t, kPortsEach>;

Ports take_ports() {
  Ports ports{};
  for (auto& port : ports) port = free_port();
  return ports;
}

TEST(FreePortTest, NoPortIsGivenTwiceAlsoNotToAnotherProcess) {
  std::array<int, 2> theirs_pipe{};
  std::array<int, 2> done_pipe{};
  ASSERT_EQ(pipe(theirs_pipe.data()), 0);
  ASSERT_EQ(pipe(done_pipe.data()), 0);
  const pid_t other = fork();
  if (other == 0) {
    close(done_pipe[1]);
    const Ports ports = take_ports();
    char none = 0;
    const bool told = write(theirs_pipe[1], ports.data(), sizeof(ports)) == sizeof(ports);
    // Holds them until the parent has taken its own and closes its end.
    _exit(told && read(done_pipe[0], &none, 1) == 0 ? 0 : 1);
  }
  const Ports ours = take_ports();
  Ports theirs{};
  const auto got = read(theirs_pipe[0], theirs.data(), sizeof(theirs));
  close(done_pipe[1]);
  int status = -1;
  waitpid(other, &status, 0);

  ASSERT_EQ(got, static_cast<ssize_t>(sizeof(theirs)));
  EXPECT_EQ(status, 0);
  std::set<std::uint16_t> all(ours.begin(), ours.end());
  all.insert(theirs.begin(), theirs.end());
  EXPECT_EQ(all.size(), 2 * kPortsEach);
}

TEST(FreePortTest, CanBeBound) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(free_port());
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_GE(descriptor, 0);

  EXPECT_EQ(bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  close(descriptor);
}

}  // namespace
}  // namespace penstock::test
