#include "listen_fault.hpp"

#include <cerrno>
#include <cstring>

namespace penstock::gateway {
namespace {

std::string why(int error, const std::string& setting, const std::string& address,
                const std::string& port) {
  if (error == EADDRINUSE) {
    return "another process listens there (ss -ltnp 'sport = :" + port +
           "' shows which); end that one, or give another " + setting + ".port";
  }
  if (error == EACCES || error == EPERM) {
    return "this user may not listen on a port below 1024; give a port from 1024 on as " + setting +
           ".port, or the right to (AmbientCapabilities=CAP_NET_BIND_SERVICE in a systemd unit)";
  }
  if (error == EADDRNOTAVAIL) {
    return "no network interface of this machine has the address " + address + "; give one that " +
           "ip address shows as " + setting + ".address, or 0.0.0.0 for all";
  }
  if (error == EAFNOSUPPORT) {
    return "this machine has no network of that kind; give an address of the other kind (IPv4, "
           "IPv6) as " +
           setting + ".address";
  }
  return std::strerror(error);
}

}  // namespace

std::string listen_fault(int error, const std::string& setting, const std::string& address,
                         std::uint16_t port) {
  const std::string number = std::to_string(port);
  const bool is_v6 = address.find(':') != std::string::npos;
  const std::string where = (is_v6 ? "[" + address + "]" : address) + ":" + number;
  return setting + ": cannot listen on " + where + ": " + why(error, setting, address, number);
}

}  // namespace penstock::gateway
