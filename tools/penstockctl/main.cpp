// penstockctl: the operator's tool. One file a command; each adds itself to the command line.

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dlq.hpp"
#include "erase.hpp"
#include "help_text.hpp"
#include "mask.hpp"
#include "nearest_name.hpp"
#include "replay.hpp"
#include "run_control.hpp"
#include "tail.hpp"
#include "topics.hpp"
#include "trace.hpp"

namespace {

constexpr int kOk = 0;
constexpr int kRuntimeError = 1;
constexpr int kUsageError = 2;
constexpr int kInterrupted = 130;  // as of a shell: 128 + SIGINT

class WrappedHelp : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    constexpr std::size_t kWidth = 100;
    return penstock::ctl::wrapped(CLI::Formatter::make_help(app, std::move(name), mode), kWidth,
                                  get_column_width());
  }
};

// What is wrong with the first word, if that is not a command; "" if nothing is.
std::string command_fault(const CLI::App& app, int argc, char** argv) {
  const std::string word = argc > 1 ? argv[1] : "";
  if (word.empty() || word.front() == '-') return "";
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands({})) names.push_back(command->get_name());
  std::string all;
  for (const auto& name : names) {
    if (name == word) return "";
    all += (all.empty() ? "" : ", ") + name;
  }
  constexpr std::size_t kSlipsMax = 2;
  const auto nearest = penstock::nearest_name(word, names, kSlipsMax);
  return "unknown command " + word +
         (nearest.empty() ? "; there is: " + all : "; did you mean " + nearest + "?");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Looks into Penstock and what it has brought to Kafka", "penstockctl");
  app.formatter(std::make_shared<WrappedHelp>());  // commands that are added take it over
  app.footer(
      "Exit codes: 0 done, 1 failed while running, 2 wrong arguments, 130 stopped by Ctrl-C; "
      "topics "
      "has 3, too.");
  app.set_version_flag("--version", std::string("penstockctl ") + PENSTOCKCTL_VERSION);
  app.require_subcommand(1);
  penstock::ctl::add_tail(app);
  penstock::ctl::add_dlq(app);
  penstock::ctl::add_erase(app);
  penstock::ctl::add_mask(app);
  penstock::ctl::add_replay(app);
  penstock::ctl::add_topics(app);
  penstock::ctl::add_trace(app);
  if (const auto fault = command_fault(app, argc, argv); !fault.empty()) {
    std::cerr << "penstockctl: " << fault << '\n';
    return kUsageError;
  }
  try {
    app.parse(argc, argv);  // runs the command
    if (!std::cout.flush()) {
      std::cerr << "penstockctl: the output could not be written; is the disk full?\n";
      return kRuntimeError;
    }
    return kOk;
  } catch (const CLI::RuntimeError& error) {  // the command's own exit code; all is said
    return error.get_exit_code();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsageError;
  } catch (const penstock::ctl::Interrupted& stop) {
    std::cerr << "penstockctl: " << stop.text << '\n';
    return kInterrupted;
  } catch (const std::exception& error) {
    std::cerr << "penstockctl: " << error.what() << '\n';
    return kRuntimeError;
  }
}
