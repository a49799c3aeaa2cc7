// Goal: who reads why a port cannot be had knows what to do, and sees nothing of the library's
// insides.
#include "system/listen_fault.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace penstock::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(ListenFaultTest, EachReasonHasItsCure) {
  const auto fault = [](int error) { return listen_fault(error, "listen", "10.0.0.1", 443); };
  for (const int error : {EADDRINUSE, EACCES, EPERM, EADDRNOTAVAIL, EAFNOSUPPORT, EMFILE})
    EXPECT_THAT(fault(error), StartsWith("listen: cannot listen on 10.0.0.1:443: "));
  EXPECT_THAT(fault(EADDRINUSE), AllOf(HasSubstr("another process listens there"),
                                       HasSubstr("ss -ltnp 'sport = :443'")));
  EXPECT_THAT(fault(EACCES), AllOf(HasSubstr("below 1024"), HasSubstr("CAP_NET_BIND_SERVICE"),
                                   HasSubstr("listen.port")));
  EXPECT_THAT(fault(EADDRNOTAVAIL), AllOf(HasSubstr("no network interface"), HasSubstr("10.0.0.1"),
                                          HasSubstr("listen.address")));
  EXPECT_THAT(fault(EMFILE), HasSubstr("Too many open files"));
}

TEST(ListenFaultTest, AnAddressOfSixIsWrittenInBrackets) {
  EXPECT_THAT(listen_fault(EADDRINUSE, "admin", "::1", 9464),
              StartsWith("admin: cannot listen on [::1]:9464: "));
}

}  // namespace
}  // namespace penstock::gateway
