#include "https/proxy_choice.hpp"

#include <array>
#include <cstdlib>
#include <utility>

#include "https/no_proxy.hpp"
#include "https/tls_gate.hpp"
#include "platform/callback_scope.hpp"

namespace penstock::https {
namespace {

constexpr std::string_view kDirect = "direct";

using Names = std::array<const char*, 4>;
// http_proxy in lower case only: a CGI program's HTTP_PROXY comes from its client ("httpoxy").
constexpr Names kForHttps = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
constexpr Names kForHttp = {"http_proxy", "all_proxy", "ALL_PROXY", nullptr};
constexpr Names kForNone = {"no_proxy", "NO_PROXY", nullptr, nullptr};

struct Variable {
  std::string name, value;  // empty: none is set
};

Variable first_set(const Names& names) {
  for (const char* name : names) {
    const char* value = name == nullptr ? nullptr : secure_getenv(name);
    if (value != nullptr && *value != '\0') return {name, value};
  }
  return {};
}

Result<std::optional<Proxy>> read(const std::string& source, const std::string& proxy) {
  if (proxy.empty() || proxy == kDirect) return std::optional<Proxy>();
  auto parsed = parse_proxy(proxy);
  if (parsed) return std::optional<Proxy>(*std::move(parsed));
  return Status(StatusCode::kInvalidOption, source + " " + parsed.status().message());
}

}  // namespace

Result<ProxyChoice> ProxyChoice::create(const Settings& settings, const Endpoint& gateway) {
  ProxyChoice choice;
  choice.url_ = (gateway.tls ? "https://" : "http://") + gateway.host_and_port() + "/";
  choice.ask_ = settings.proxy_for_url;
  choice.source_ = "proxy";
  choice.proxy_ = settings.proxy;
  if (choice.ask_) return choice;
  if (!choice.proxy_.empty()) {
    const auto proxy = read(choice.source_, choice.proxy_);
    if (!proxy) return proxy.status();
    return choice;
  }
  // Nobody means this machine's own, as with Go; curl's users have to list it.
  if (bypasses_proxy("localhost,127.0.0.0/8,::1", gateway.host, gateway.port)) return choice;
  Variable variable = first_set(gateway.tls ? kForHttps : kForHttp);
  if (bypasses_proxy(first_set(kForNone).value, gateway.host, gateway.port)) return choice;
  choice.source_ = "the environment variable " + variable.name;
  choice.proxy_ = std::move(variable.value);
  return choice;
}

Result<std::optional<Proxy>> ProxyChoice::next() const {
  if (!ask_) return read(source_, proxy_);
  try {
    const OutsideTls host_code;
    const platform::CallbackScope inside;
    return read("what proxy_for_url returned", ask_(url_));
  } catch (...) {
    return Status(StatusCode::kInternal, "proxy_for_url failed: it threw an exception");
  }
}

}  // namespace penstock::https
