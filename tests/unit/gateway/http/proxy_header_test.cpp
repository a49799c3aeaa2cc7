// Goal: a PROXY header of either version is read to its last byte and no further, and what is none
// is refused. Method: headers as the protocol's text describes them, whole and in every two parts.
#include "http/proxy_header.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace penstock::gateway {
namespace {

using namespace std::string_literals;

const std::string kSignatureBytes = "\r\n\r\n\0\r\nQUIT\n"s;

std::string version_2(unsigned char command, unsigned char family, const std::string& addresses) {
  std::string bytes = kSignatureBytes;
  bytes += static_cast<char>(command);
  bytes += static_cast<char>(family);
  bytes += static_cast<char>(addresses.size() / 256);
  bytes += static_cast<char>(addresses.size() % 256);
  return bytes + addresses;
}

const std::string kPorts = "\x12\x67\x01\xBB"s;
const std::string kAddresses4 = "\xC0\x00\x02\x07\x0A\x00\x00\x01"s + kPorts;
const std::string kAddresses6 =
    "\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x07"s + std::string(16, '\x01') + kPorts;

// Gives `bytes` to a header, at most `step` at once, and what is left to `rest`.
ProxyHeader read(const std::string& bytes, std::size_t step, std::string& rest) {
  ProxyHeader header;
  rest = bytes;
  while (!header.wanted().empty() && !rest.empty()) {
    const auto wanted = header.wanted();
    const std::size_t count = std::min({step, wanted.size(), rest.size()});
    std::copy_n(rest.begin(), count, wanted.begin());
    header.add(count);
    rest.erase(0, count);
  }
  return header;
}

std::string client_of(const std::string& bytes) {
  std::string client;
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
    std::string rest;
    const ProxyHeader header = read(bytes + "GET / HTTP/1.1", step, rest);
    EXPECT_TRUE(header.complete()) << header.fault();
    EXPECT_EQ(rest, "GET / HTTP/1.1");
    client = header.client() ? header.client()->to_string() : "none";
  }
  return client;
}

std::string fault_of(const std::string& bytes) {
  std::string rest;
  const ProxyHeader header = read(bytes, 5, rest);
  EXPECT_FALSE(header.complete());
  return std::string(header.fault());
}

TEST(ProxyHeaderTest, TheClientOfVersion2IsRead) {
  EXPECT_EQ(client_of(version_2(0x21, 0x11, kAddresses4)), "192.0.2.7");
  EXPECT_EQ(client_of(version_2(0x21, 0x21, kAddresses6)), "2001:db8::7");
  EXPECT_EQ(client_of(version_2(0x21, 0x11, kAddresses4 + std::string(400, 't'))), "192.0.2.7")
      << "with more behind the addresses";
}

TEST(ProxyHeaderTest, TheClientOfVersion1IsRead) {
  EXPECT_EQ(client_of("PROXY TCP4 192.0.2.7 10.0.0.1 4711 443\r\n"), "192.0.2.7");
  EXPECT_EQ(client_of("PROXY TCP6 2001:db8::7 2001:db8::1 4711 443\r\n"), "2001:db8::7");
}

TEST(ProxyHeaderTest, ABalancerThatSpeaksForItselfNamesNoClient) {
  EXPECT_EQ(client_of(version_2(0x20, 0x00, "")), "none");
  EXPECT_EQ(client_of(version_2(0x20, 0x11, kAddresses4)), "none");
  EXPECT_EQ(client_of(version_2(0x21, 0x31, std::string(216, 'u'))), "none") << "a local socket";
  EXPECT_EQ(client_of("PROXY UNKNOWN\r\n"), "none");
  EXPECT_EQ(client_of("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"), "none");
}

TEST(ProxyHeaderTest, WhatIsNoHeaderIsRefused) {
  EXPECT_EQ(fault_of("POST /v1/events HTTP/1.1\r\n"), "begins with something else");
  EXPECT_EQ(fault_of("\x16\x03\x01\x02\x00\x01\x00\x01\xFC"s), "begins with something else");
  EXPECT_EQ(fault_of("\r\n\r\n\0\r\nquit\n\x21\x11\0\x0C"s), "begins with something else");
  EXPECT_EQ(fault_of(version_2(0x31, 0x11, kAddresses4)),
            "has a version or a command that is not known");
  EXPECT_EQ(fault_of(version_2(0x22, 0x11, kAddresses4)),
            "has a version or a command that is not known");
  EXPECT_EQ(fault_of(version_2(0x21, 0x11, kPorts)), "is too short for its addresses");
  EXPECT_EQ(fault_of(version_2(0x21, 0x21, kAddresses4)), "is too short for its addresses");
  EXPECT_EQ(fault_of(version_2(0x21, 0x11, std::string(60'000, 'x'))), "is longer than 1024 bytes");
  EXPECT_EQ(fault_of("PROXY TCP4 192.0.2.7 " + std::string(200, '1')),
            "has a line that is too long");
  EXPECT_EQ(fault_of("PROXY TCP5 192.0.2.7 10.0.0.1 1 2\r\n"),
            "names a protocol that is neither TCP4, TCP6 nor UNKNOWN");
  for (const char* line :
       {"PROXY TCP4 \r\n", "PROXY TCP4 me you 1 2\r\n", "PROXY TCP4 2001:db8::7 ::1 1 2\r\n",
        "PROXY TCP6 192.0.2.7 ::1 1 2\r\n", "PROXY TCP4 192.0.2.7\r\n"})
    EXPECT_EQ(fault_of(line), "has a line without two addresses and two ports") << line;
}

TEST(ProxyHeaderTest, HalfAHeaderIsNeitherCompleteNorFaulty) {
  const std::string whole = version_2(0x21, 0x11, kAddresses4);
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(fault_of(whole.substr(0, size)), "") << size;
}

}  // namespace
}  // namespace penstock::gateway
