// Goal: a look-up ends at its deadline, however long the system takes over it. Method: in this
// executable getaddrinfo() is ours, and hangs for one name until the test lets it go on. (The
// system's own cannot be made to hang without a name server of ours in /etc/resolv.conf.)
#include "https/resolver.hpp"

#include <dlfcn.h>
#include <gmock/gmock.h>

#include <atomic>
#include <string>
#include <thread>

#include "support/eventually.hpp"

namespace {

std::atomic<bool> hangs{false};
std::atomic<int> look_ups{0};

}  // namespace

extern "C" int getaddrinfo(const char* host, const char* port, const addrinfo* hints,
                           addrinfo** found) {
  using GetAddrInfo = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  ++look_ups;
  const std::string name = host;
  while (name == "localhost" && hangs) std::this_thread::yield();
  return reinterpret_cast<GetAddrInfo>(dlsym(RTLD_NEXT, "getaddrinfo"))(host, port, hints, found);
}

namespace penstock::https {
namespace {

using std::chrono::milliseconds;
using test::eventually;
using test::kPatience;
using ::testing::AllOf;
using ::testing::HasSubstr;

class ResolverTest : public ::testing::Test {
 protected:
  ResolverTest() { look_ups = 0; }
  ~ResolverTest() override { hangs = false; }

  AddressList resolve(const std::string& host, Clock::duration time = kPatience) {
    error_.clear();
    return resolver_.resolve(host, 443, Clock::now() + time, error_);
  }

  SocketWait wait_;
  Resolver resolver_{wait_};
  std::string error_;
};

TEST_F(ResolverTest, NamesAndAddressesAreFound) {
  for (const char* host : {"localhost", "127.0.0.1", "::1"}) {
    EXPECT_TRUE(resolve(host)) << host << error_;
  }
}

TEST_F(ResolverTest, AnUnknownNameSaysSo) {
  EXPECT_FALSE(resolve("no-such-host.invalid"));
  EXPECT_THAT(error_, AllOf(HasSubstr("no-such-host.invalid"), HasSubstr("cannot be resolved")));
}

TEST_F(ResolverTest, ALookUpThatHangsEndsAtTheDeadlineAndIsTakenOverByTheNext) {
  hangs = true;
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(resolve("localhost", milliseconds(20)));
    EXPECT_THAT(error_, AllOf(HasSubstr("timeout"), HasSubstr("localhost")));
  }
  EXPECT_EQ(look_ups, 1) << "a network that is away must not pile up threads";
  EXPECT_TRUE(resolve("127.0.0.1")) << "another one is not kept waiting";
  hangs = false;
  EXPECT_TRUE(resolve("localhost"));
}

TEST_F(ResolverTest, ALookUpThatHangsCanBeCancelled) {
  hangs = true;
  std::thread canceller([this] {
    EXPECT_TRUE(eventually([] { return look_ups == 1; }));
    wait_.cancel();
  });
  EXPECT_FALSE(resolve("localhost"));
  EXPECT_THAT(error_, HasSubstr("cancelled"));
  canceller.join();
}

TEST_F(ResolverTest, AResolverThatGoesLeavesItsLookUpToItself) {
  hangs = true;
  {
    Resolver other(wait_);
    EXPECT_FALSE(other.resolve("localhost", 443, Clock::now() + milliseconds(1), error_));
  }
  hangs = false;
  EXPECT_TRUE(resolve("localhost"));
}

}  // namespace
}  // namespace penstock::https
