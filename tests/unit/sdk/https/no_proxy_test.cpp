// Goal: the variable no_proxy means what it means to curl, Go and Python, whichever of their forms
// it is written in. Method: match.
#include "https/no_proxy.hpp"

#include <gtest/gtest.h>

namespace penstock::https {
namespace {

TEST(NoProxyTest, NamesStandForThemselvesAndWhatIsBelow) {
  for (const char* list :
       {"*", "example.com", ".example.com", "EXAMPLE.com.", "a, example.com", "a\texample.com",
        "a,,example.com,", "*.example.com", "a, *", "*,a", "example.com:443", ".example.com:443",
        "*.example.com:443", "gateway.example.com:443"}) {
    EXPECT_TRUE(bypasses_proxy(list, "gateway.example.com", 443)) << list;
  }
  for (const char* list : {"", " ", "ample.com", "gateway", "*ample.com", "*.",
                           "*.gateway.example.com.x", "gateway.example.com.x", ".",
                           "example.com:80", "example.com:", "example.com:443x", ":443", "a*"}) {
    EXPECT_FALSE(bypasses_proxy(list, "gateway.example.com", 443)) << list;
  }
  EXPECT_TRUE(bypasses_proxy("example.com", "Example.Com.", 443));
}

TEST(NoProxyTest, AddressesStandForThemselvesAndNetworks) {
  for (const char* list : {"10.1.2.3", "10.0.0.0/8", "10.1.2.2/31", "0.0.0.0/0", "10.1.2.3:443"}) {
    EXPECT_TRUE(bypasses_proxy(list, "10.1.2.3", 443)) << list;
  }
  for (const char* list : {"10.1.2.4", "10.1.2.4/31", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x",
                           "1.2.3", "::ffff:10.1.2.3", "10.1.2.3:80", "*.2.3"}) {
    EXPECT_FALSE(bypasses_proxy(list, "10.1.2.3", 443)) << list;
  }
  for (const char* list : {"fd00::1", "[fd00::1]", "fd00::/16", "fd00:0::1/128", "[fd00::1]:443"}) {
    EXPECT_TRUE(bypasses_proxy(list, "fd00::1", 443)) << list;
  }
  for (const char* list : {"fd01::/16", "[fd00::1]:80", "[fd00::1]x"}) {
    EXPECT_FALSE(bypasses_proxy(list, "fd00::1", 443)) << list;
  }
}

TEST(NoProxyTest, ANetworkHasFromNoneToAllBitsOfAnAddress) {
  EXPECT_TRUE(bypasses_proxy("192.0.2.1/0", "10.1.2.3", 443));
  EXPECT_FALSE(bypasses_proxy("10.1.2.3/-1", "10.1.2.3", 443));
  for (const char* list : {"10.1.2.3/31", "10.1.2.3/32"}) {
    EXPECT_TRUE(bypasses_proxy(list, "10.1.2.3", 443)) << list;
  }
  EXPECT_TRUE(bypasses_proxy("10.1.2.2/31", "10.1.2.3", 443));
  EXPECT_FALSE(bypasses_proxy("10.1.2.2/32", "10.1.2.3", 443));
  EXPECT_FALSE(bypasses_proxy("10.1.2.3/33", "10.1.2.3", 443));
  EXPECT_TRUE(bypasses_proxy("fd00::1/127", "fd00::", 443));
  EXPECT_FALSE(bypasses_proxy("fd00::1/128", "fd00::", 443));
  EXPECT_FALSE(bypasses_proxy("fd00::1/129", "fd00::1", 443));
}

}  // namespace
}  // namespace penstock::https
