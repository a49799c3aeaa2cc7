// What a load balancer says of a client: a PROXY header, and X-Forwarded-For. A header is understood
// the same however its bytes were cut on the way, and never takes a byte behind its end.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "check.hpp"
#include "http/proxy_header.hpp"
#include "http/trusted_proxies.hpp"

namespace {

using namespace penstock::gateway;

struct Understood {
  bool complete = false;
  std::string fault, client;
  std::size_t bytes = 0;
  bool operator==(const Understood&) const = default;
};

Understood understand(std::string_view stream, std::size_t step) {
  ProxyHeader header;
  Understood all;
  while (!header.wanted().empty() && all.bytes < stream.size()) {
    const auto wanted = header.wanted();
    const std::size_t count = std::min({step, wanted.size(), stream.size() - all.bytes});
    std::copy_n(stream.begin() + static_cast<std::ptrdiff_t>(all.bytes), count, wanted.begin());
    header.add(count);
    all.bytes += count;
  }
  all.complete = header.complete();
  all.fault = header.fault();
  if (header.client()) all.client = header.client()->to_string();
  return all;
}

void check_header(std::string_view stream) {
  const Understood whole = understand(stream, stream.size());
  PENSTOCK_CHECK(understand(stream, 1) == whole);
  PENSTOCK_CHECK(understand(stream, 7) == whole);
  PENSTOCK_CHECK(!whole.complete || whole.fault.empty());
  PENSTOCK_CHECK(whole.complete || whole.client.empty());
  if (!whole.complete) return;
  // What follows changes nothing, and nothing less is a header.
  PENSTOCK_CHECK(understand(stream.substr(0, whole.bytes), 3) == whole);
  PENSTOCK_CHECK(!understand(stream.substr(0, whole.bytes - 1), 3).complete);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const TrustedProxies proxies({"10.0.0.0/8", "fd00::/8"});
  const std::string input(reinterpret_cast<const char*>(data), size);
  check_header(input);
  const auto client = proxies.client_of(input);
  // Whoever it is, the list says so.
  PENSTOCK_CHECK(!client || !input.empty());
  if (client && input.find(',') != input.npos && proxies.contains(*client))
    PENSTOCK_CHECK(proxies.client_of(input.substr(0, input.find(','))) == client);
  static_cast<void>(Network::parse(input));
  return 0;
}
