#include "support/gateway_process.hpp"

#include <openssl/evp.h>
#include <signal.h>

#include <array>
#include <fstream>
#include <stdexcept>

#include "support/eventually.hpp"
#include "support/file_text.hpp"
#include "support/free_port.hpp"
#include "support/http_client.hpp"
#include "support/leaks/leak_search.hpp"
#include "support/tree.hpp"

namespace penstock::test {
namespace {

constexpr std::chrono::seconds kGatewayStartTimeout{60};
constexpr std::chrono::seconds kPageTimeout{5};

std::string sha256_hex(const std::string& text) {
  std::array<unsigned char, 32> digest{};
  if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no SHA-256");
  }
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::string gateway_program() { return build_tree() / "gateway/src/penstock-gateway"; }

std::string kafka_of(const std::string& brokers) {
  return "kafka:\n  create_topics: true\n  brokers: \"" + brokers + "\"\n";
}

}  // namespace

GatewayProcess::GatewayProcess(const GatewayOptions& options)
    : certificate_(directory_.path(), options.certificate),
      port_(free_port()),
      admin_port_(free_port()),
      write_key_("pk_test_of_port_" + std::to_string(port_)),
      environment_(options.environment),
      open_files_max_(options.open_files_max) {
  write_settings(options);
  start();
  wait_until_ready();
}

void GatewayProcess::write_settings(const GatewayOptions& options) const {
  std::ofstream(settings_file()) << "listen:\n"
                                 << "  address: 127.0.0.1\n"
                                 << "  port: " << port_ << "\n"
                                 << "  tls:\n"
                                 << "    certificate: " << certificate_.certificate_file().string()
                                 << "\n"
                                 << "    private_key: " << certificate_.key_file().string() << "\n"
                                 << "admin:\n"
                                 << "  address: 127.0.0.1\n"
                                 << "  port: " << admin_port_ << "\n"
                                 << "threads: 2\n"
                                 << "project: test\n"
                                 << "keys:\n"
                                 << "  - id: test-app\n"
                                 << "    digest: " << digest_of(write_key_) << "\n"
                                 << "    requests_per_second: " << options.requests_per_second
                                 << "\n"
                                 << "    events_per_second: " << options.events_per_second << "\n"
                                 << options.more_keys
                                 << (options.kafka.empty() ? kafka_of(options.brokers)
                                                           : options.kafka)
                                 << "drain:\n"
                                 << "  delay: 0s\n"  // no load balancer needs the time to notice
                                 << "log:\n"
                                 << "  format: text\n";
}

void GatewayProcess::start() {
  std::vector<std::string> arguments = {gateway_program(), "--config", settings_file().string()};
  if (open_files_max_ != 0) {
    const std::string limited =
        "ulimit -n " + std::to_string(open_files_max_) + R"( && exec "$0" "$@")";
    arguments.insert(arguments.begin(), {"/bin/sh", "-c", limited});
  }
  process_ = std::make_unique<ChildProcess>(Command{
      .arguments = arguments, .environment = environment_, .output = directory_ / "gateway.log"});
}

void GatewayProcess::wait_for_ok(const std::string& path) {
  const HttpClient admin(admin_url());
  const bool ok = eventually([&] { return !process_->running() || admin.get(path).status == 200; },
                             kGatewayStartTimeout);
  if (!ok || !process_->running()) {
    throw std::runtime_error("the gateway does not answer 200 to " + path + ":\n" + log());
  }
}

void GatewayProcess::restart() {
  start();
  wait_for_ok("/healthz");
}

void GatewayProcess::wait_until_ready() { wait_for_ok("/readyz"); }

GatewayProcess::~GatewayProcess() { look_for_leaks_in_pages(); }

void GatewayProcess::kill() {
  look_for_leaks_in_pages();
  process_->kill();
}

void GatewayProcess::hang_up() { process_->signal(SIGHUP); }

void GatewayProcess::terminate() {
  look_for_leaks_in_pages();
  process_->signal(SIGTERM);
}

void GatewayProcess::look_for_leaks_in_pages() const {
  if (!watching_for_leaks() || !process_->running()) return;
  const HttpClient admin(admin_url(), {}, kPageTimeout);
  for (const char* page : {"/metrics", "/version", "/healthz", "/readyz", "/"}) {
    const HttpAnswer answer = admin.get(page);
    if (answer.status == 0) return;
    look_for_leaks(std::string("admin page ") + page, answer.body);
  }
}

std::string GatewayProcess::base_url() const {
  return "https://127.0.0.1:" + std::to_string(port_);
}

std::string GatewayProcess::admin_url() const {
  return "http://127.0.0.1:" + std::to_string(admin_port_);
}

std::string GatewayProcess::log() const { return text_of(directory_ / "gateway.log"); }

std::string digest_of(const std::string& write_key) { return "sha256:" + sha256_hex(write_key); }

GatewayRun run_gateway(const std::vector<std::string>& flags,
                       const std::map<std::string, std::string>& environment) {
  const TempDirectory directory;
  Command command{
      .arguments = {gateway_program()}, .environment = environment, .output = directory / "output"};
  command.arguments.insert(command.arguments.end(), flags.begin(), flags.end());
  ChildProcess process(command);
  const auto exit_code = process.wait(kGatewayStartTimeout);
  return {exit_code, text_of(command.output)};
}

}  // namespace penstock::test
