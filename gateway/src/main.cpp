// penstock-gateway: flags and configuration; the rest is Gateway.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "config/config_loader.hpp"
#include "gateway.hpp"

namespace {

constexpr int kOk = 0;
constexpr int kRuntimeError = 1;
constexpr int kUsageError = 2;

struct Arguments {
  std::string config_file;
  bool check_only = false;
};

void report(const std::vector<std::string>& errors) {
  for (const auto& error : errors) std::cerr << error << '\n';
}

int run(const Arguments& arguments) {
  using namespace penstock::gateway;
  const auto read = [&] { return load_config(arguments.config_file, process_environment()); };
  const auto loaded = read();
  const auto& [config, load_errors, notes, places] = loaded;
  report(load_errors);
  if (!load_errors.empty()) return kUsageError;
  std::vector<std::string> errors;
  for (const auto& error : Gateway::check(config)) errors.push_back(located(error, loaded));
  report(errors);
  if (!errors.empty()) return kUsageError;
  if (arguments.check_only) {
    for (const auto& note : notes) std::cerr << "note: " << note << '\n';
    for (const auto& warning : Gateway::warnings(config))
      std::cerr << "warning: " << warning << '\n';
    std::cout << arguments.config_file << ": ok\n";
    return kOk;
  }
  std::signal(SIGPIPE, SIG_IGN);  // a peer that is gone is an error of one write
  std::signal(SIGHUP, SIG_IGN);   // until run() takes it
  Gateway gateway(config, notes, read);
  gateway.run();
  return kOk;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Takes telemetry events over HTTPS and keeps them in Kafka.", "penstock-gateway");
  app.footer(
      "Exit codes: 0 ended as told, 1 failed while running, 2 wrong arguments or configuration.");
  app.set_version_flag("--version", std::string("penstock-gateway ") + PENSTOCK_GATEWAY_VERSION);
  Arguments arguments;
  app.add_option("--config", arguments.config_file,
                 "YAML; gateway.example.yaml explains each setting")
      ->type_name("FILE")
      ->required();
  app.add_flag("--check", arguments.check_only,
               "Say what is wrong with the configuration, and end");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsageError;
  }
  try {
    return run(arguments);
  } catch (const std::exception& error) {
    std::cerr << "penstock-gateway: " << error.what() << '\n';
    return kRuntimeError;
  }
}
