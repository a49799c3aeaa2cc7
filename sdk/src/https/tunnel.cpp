#include "https/tunnel.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "https/answer_head.hpp"

namespace penstock::https {
namespace {

// --- HTTP ---------------------------------------------------------------------------------------

bool connect_by_http(Channel& channel, const Proxy& proxy, const Endpoint& target,
                     const std::string& user_agent) {
  const std::string address = target.host_and_port();
  std::string request = "CONNECT " + address + " HTTP/1.1\r\nHost: " + address + "\r\n";
  if (!user_agent.empty()) request += "User-Agent: " + user_agent + "\r\n";
  if (proxy.has_credentials) {
    request += "Proxy-Authorization: " + proxy.authorization() + "\r\n";
  }
  request += "\r\n";
  AnswerHead head;
  if (!channel.write(request.data(), request.size()) || !read_answer_head(channel, head)) {
    return false;
  }
  if (head.status == 407) return channel.fail(describe_407(channel.peer(), proxy.has_credentials));
  if (head.status < 200 || head.status > 299) {
    return channel.fail("the proxy " + channel.peer() + " answered " + std::to_string(head.status) +
                        " and does not let through to " + address +
                        "; ask its operator, or see that the address is right");
  }
  if (head.beyond.empty()) return true;
  return channel.fail("the proxy " + channel.peer() + " speaks in the place of " + address);
}

// --- SOCKS5 -------------------------------------------------------------------------------------

constexpr char kVersion = 5, kCommandConnect = 1, kNoAuthentication = 0, kByPassword = 2;
constexpr char kIpv4 = 1, kName = 3, kIpv6 = 4;

bool read_exactly(Channel& channel, char* out, std::size_t bytes) {
  while (bytes > 0) {
    const auto more = channel.read(out, bytes);
    if (more <= 0) return false;
    out += more;
    bytes -= static_cast<std::size_t>(more);
  }
  return true;
}

bool write_all(Channel& channel, const std::string& bytes) {
  return channel.write(bytes.data(), bytes.size());
}

bool no_socks(Channel& channel) {
  return channel.fail(channel.peer() + " did not answer with SOCKS5; see what kind of proxy it is");
}

std::string with_length(const std::string& text) {
  return static_cast<char>(static_cast<unsigned char>(text.size())) + text;
}

bool authenticate(Channel& channel, const Proxy& proxy) {
  std::string greeting = {kVersion, 1, kNoAuthentication};
  if (proxy.has_credentials) greeting = {kVersion, 2, kNoAuthentication, kByPassword};
  std::array<char, 2> chosen{};
  if (!write_all(channel, greeting) || !read_exactly(channel, chosen.data(), 2)) return false;
  if (chosen[0] != kVersion) return no_socks(channel);
  if (chosen[1] == kNoAuthentication) return true;
  if (chosen[1] != kByPassword || !proxy.has_credentials) {
    return channel.fail(describe_407(channel.peer(), proxy.has_credentials));
  }
  const std::string credentials = '\1' + with_length(proxy.user) + with_length(proxy.password);
  if (!write_all(channel, credentials) || !read_exactly(channel, chosen.data(), 2)) return false;
  return chosen[1] == 0 || channel.fail(describe_407(channel.peer(), true));
}

// nothing if the name is too long.
std::string socks_address(const std::string& host) {
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) {
    return kIpv4 + std::string(bytes.data(), 4);
  }
  if (inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1) {
    return kIpv6 + std::string(bytes.data(), 16);
  }
  return host.size() > 255 ? "" : kName + with_length(host);
}

const char* meaning_of_socks_reply(char reply) {
  switch (reply) {
    case 2:
      return "its rules do not allow it";
    case 3:
      return "the network cannot be reached";
    case 4:
      return "the host cannot be reached";
    case 5:
      return "the connection was refused";
    default:
      return "it failed";
  }
}

bool connect_by_socks(Channel& channel, const Proxy& proxy, const Endpoint& target) {
  const std::string address = socks_address(target.host);
  if (address.empty()) return channel.fail("the endpoint's name is too long for SOCKS5");
  if (!authenticate(channel, proxy)) return false;
  const std::string port = {static_cast<char>(static_cast<unsigned char>(target.port >> 8)),
                            static_cast<char>(static_cast<unsigned char>(target.port & 0xFF))};
  std::array<char, 4> reply{};
  if (!write_all(channel, std::string{kVersion, kCommandConnect, 0} + address + port) ||
      !read_exactly(channel, reply.data(), reply.size())) {
    return false;
  }
  if (reply[0] != kVersion) return no_socks(channel);
  if (reply[1] != 0) {
    return channel.fail("the proxy " + channel.peer() + " does not let through to " +
                        target.host_and_port() + ": " + meaning_of_socks_reply(reply[1]));
  }
  // The address that it uses itself, which nobody needs.
  std::size_t left = reply[3] == kIpv4 ? 4 : reply[3] == kIpv6 ? 16 : 0;
  std::array<char, 257> ignored{};
  if (reply[3] == kName) {
    if (!read_exactly(channel, ignored.data(), 1)) return false;
    left = static_cast<unsigned char>(ignored[0]);
  } else if (left == 0) {
    return no_socks(channel);
  }
  return read_exactly(channel, ignored.data(), left + 2);
}

}  // namespace

bool open_tunnel(Channel& channel, const Proxy& proxy, const Endpoint& target,
                 const std::string& user_agent) {
  if (proxy.kind == Proxy::Kind::kSocks5) return connect_by_socks(channel, proxy, target);
  return connect_by_http(channel, proxy, target, user_agent);
}

}  // namespace penstock::https
