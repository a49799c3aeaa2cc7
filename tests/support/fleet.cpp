#include "support/fleet.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "support/eventually.hpp"
#include "support/file_text.hpp"
#include "support/free_port.hpp"
#include "support/http_client.hpp"
#include "support/tree.hpp"

namespace penstock::test {
namespace {

constexpr const char* kHaproxy = "/usr/sbin/haproxy";  // not in the PATH of every user
constexpr std::size_t kSessionsColumn = 4, kStatusColumn = 17;

std::string local(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

// As if the operator had given each gateway what the first one has.
GatewayOptions alike(const GatewayOptions& options, const GatewayProcess& first) {
  GatewayOptions more = options;
  more.more_keys += "  - id: fleet\n    digest: " + digest_of(first.write_key()) + "\n";
  more.environment["PENSTOCK_LISTEN_TLS_CERTIFICATE"] = first.certificate().certificate_file();
  more.environment["PENSTOCK_LISTEN_TLS_PRIVATE_KEY"] = first.certificate().key_file();
  return more;
}

}  // namespace

bool haproxy_is_here() { return std::filesystem::exists(kHaproxy); }

Fleet::Fleet(const GatewayOptions& options, Tls tls)
    : port_(free_port()), state_port_(free_port()) {
  GatewayOptions each = options;
  each.environment["PENSTOCK_LISTEN_TRUSTED_PROXIES"] = "127.0.0.1";
  each.environment["PENSTOCK_LISTEN_PROXY_PROTOCOL"] =
      tls == Tls::kPassedThrough ? "true" : "false";
  for (auto& gateway : gateways_) {
    gateway = std::make_unique<GatewayProcess>(
        gateways_[0] == nullptr ? each : alike(each, *gateways_[0]));
  }
  configure_haproxy(tls);
  restart_haproxy();
  for (std::size_t i = 0; i < kGateways; ++i) wait_until_up(i);
}

void Fleet::configure_haproxy(Tls tls) {
  std::ofstream(directory_ / "state.cfg") << "frontend state\n"
                                          << "  mode http\n"
                                          << "  bind " << local(state_port_) << "\n"
                                          << "  timeout client 1m\n"
                                          << "  stats enable\n"
                                          << "  stats uri /state\n"
                                          << "  http-request set-uri /state;csv\n";
  const TestCertificate& certificate = gateways_[0]->certificate();
  std::ofstream(directory_ / "haproxy.pem")
      << text_of(certificate.certificate_file()) << text_of(certificate.key_file());
  std::map<std::string, std::string> environment = {
      {"PENSTOCK_BIND", local(port_)},
      {"PENSTOCK_CERTIFICATE", directory_ / "haproxy.pem"},
      {"PENSTOCK_GATEWAY_CA", certificate.ca_file()},
      {"PENSTOCK_GATEWAY_NAME", "localhost"}};
  for (std::size_t i = 0; i < kGateways; ++i) {
    const std::string number = std::to_string(i + 1);
    environment["PENSTOCK_GATEWAY_" + number] = local(gateways_[i]->port());
    environment["PENSTOCK_ADMIN_ADDRESS_" + number] = "127.0.0.1";
    environment["PENSTOCK_ADMIN_PORT_" + number] = std::to_string(gateways_[i]->admin_port());
  }
  const std::string shipped =
      source_tree() / (tls == Tls::kPassedThrough ? "gateway/deploy/haproxy.cfg"
                                                  : "gateway/deploy/haproxy-http.cfg");
  command_ = {.arguments = {kHaproxy, "-db", "-f", shipped, "-f", directory_ / "state.cfg"},
              .environment = environment,
              .output = directory_ / "haproxy.log"};
}

void Fleet::restart_haproxy() { haproxy_ = std::make_unique<ChildProcess>(command_); }

std::string Fleet::statistic(std::size_t i, std::size_t column) const {
  const HttpClient client("http://" + local(state_port_));
  std::istringstream lines(client.get("/").body);
  const std::string begin = "gateways,gateway-" + std::to_string(i + 1) + ",";
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(begin)) continue;
    std::istringstream fields(line);
    std::string field;
    for (std::size_t at = 0; at <= column; ++at) std::getline(fields, field, ',');
    return field;
  }
  return {};
}

std::string Fleet::state_of(std::size_t i) const { return statistic(i, kStatusColumn); }

int Fleet::sessions_of(std::size_t i) const {
  const std::string sessions = statistic(i, kSessionsColumn);
  return sessions.empty() ? 0 : std::stoi(sessions);
}

void Fleet::wait_until_up(std::size_t i) const {
  if (eventually([&] { return state_of(i) == "UP"; })) return;
  throw std::runtime_error("HAProxy says of gateway " + std::to_string(i + 1) + ": " + state_of(i) +
                           "\n" + haproxy_log());
}

std::string Fleet::haproxy_log() const { return text_of(directory_ / "haproxy.log"); }

}  // namespace penstock::test
