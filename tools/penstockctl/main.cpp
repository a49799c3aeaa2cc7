// penstockctl: the operator's tool. One file a command; each adds itself to the command line.

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "tail.hpp"

int main(int argc, char** argv) {
  CLI::App app("Looks into Penstock and what it has brought to Kafka", "penstockctl");
  app.set_version_flag("--version", PENSTOCKCTL_VERSION);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::help);
  penstock::ctl::add_tail(app);
  try {
    app.parse(argc, argv);  // runs the command
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::cerr << "penstockctl: " << error.what() << '\n';
    return 1;
  }
}
