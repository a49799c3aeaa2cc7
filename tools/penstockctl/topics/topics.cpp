#include "topics.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "kafka_access.hpp"
#include "record_view.hpp"
#include "topic_admin.hpp"
#include "topic_file.hpp"
#include "topic_plan.hpp"

namespace penstock::ctl {
namespace {

constexpr int kFailed = 1;
constexpr int kCannotAsk = 2;
constexpr int kToDo = 3;

struct TopicsOptions {
  KafkaOptions kafka;
  std::string file;
  bool json = false;
  bool yes = false;
  bool grow = false;
  std::vector<std::string> allowed;
};

// What is left once `apply` has done what it may.
struct Rest {
  bool as_in_the_file = false;
  std::string fault;  // why it cannot be told
};

class Topics {
 public:
  explicit Topics(const TopicsOptions& options)
      : options_(options), file_(read_file(options.file)), kafka_(kafka_access(options.kafka)) {}

  int plan() {
    const Plan plan = make();
    show(plan);
    if (refused(plan)) return kFailed;
    return plan.to_do() ? kToDo : 0;
  }

  int apply() {
    const Plan plan = make();
    if (!options_.json) show(plan);
    auto allowed = options_.allowed;
    if (options_.grow) allowed.emplace_back(kDangerGrow);
    std::vector<std::string> held_back;
    const auto steps = allowed_steps(plan, allowed, held_back);
    for (const auto& line : held_back) say("held back: " + line);
    if (steps.empty()) return without_steps(plan, held_back);
    if (!options_.yes) {
      if (const int code = ask(steps.size()); code != 0) return code;
    }
    const auto report = apply_steps(steps, [this](const Step& step) {
      const auto outcome = admin_.perform(step);
      if (outcome.kind == Outcome::Kind::kDone) say("done: " + to_line(step));
      return outcome;
    });
    return tell(plan, held_back, report);
  }

 private:
  using Json = nlohmann::ordered_json;

  static TopicFile read_file(const std::string& path) {
    auto file = load_topic_file(path);
    for (const auto& error : file.errors) std::cerr << "penstockctl: " << plain(error) << '\n';
    if (!file.errors.empty()) throw CLI::RuntimeError(kFailed);
    return file;
  }

  Plan make() {
    std::vector<std::string> names;
    for (const auto& topic : file_.topics) names.push_back(kafka_.topic_prefix + topic.name);
    return make_plan(file_, admin_.read(names), kafka_.topic_prefix);
  }

  static bool refused(const Plan& plan) { return plan.count(Step::Kind::kRefused) > 0; }

  void show(const Plan& plan) const {
    std::cout << (options_.json ? to_json(plan) + '\n' : to_text(plan)) << std::flush;
  }
  void say(const std::string& line) const {
    if (!options_.json) std::cout << plain(line) << std::endl;
  }

  int without_steps(const Plan& plan, const std::vector<std::string>& held_back) const {
    if (options_.json) std::cout << report_json(plan, held_back, {}, held_back.empty()) << '\n';
    if (refused(plan)) return kFailed;
    if (!held_back.empty()) return kToDo;
    say("nothing to do: the cluster is as in the file");
    return 0;
  }

  // 0: yes.
  int ask(std::size_t steps) const {
    if (options_.json || isatty(STDIN_FILENO) != 1) {
      std::cerr << "penstockctl: nothing is changed: "
                << (options_.json ? "--json asks nobody" : "there is no terminal to ask at")
                << "; look at the plan and give --yes\n";
      return kCannotAsk;
    }
    std::cerr << "Do " << steps << (steps == 1 ? " step" : " steps") << "? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer == "y" || answer == "Y" || answer == "yes") return 0;
    std::cerr << "nothing is changed\n";
    return kToDo;
  }

  int tell(const Plan& plan, const std::vector<std::string>& held_back, const ApplyReport& report) {
    for (const auto& line : report.failed)
      std::cerr << "penstockctl: failed: " << plain(line) << '\n';
    for (const auto& line : report.not_done) std::cerr << "penstockctl: not done: " << line << '\n';
    const bool failed = !report.failed.empty();
    // A cluster that has just failed is not waited for.
    const Rest rest = failed ? Rest{} : read_back(held_back.size());
    const bool same = rest.as_in_the_file && held_back.empty() && !refused(plan);
    if (options_.json) std::cout << report_json(plan, held_back, report, same) << '\n';
    if (failed) {
      std::cerr << "penstockctl: " << report.done.size() << " done, "
                << report.failed.size() + report.not_done.size()
                << " not; the same command again does what is left\n";
      return kFailed;
    }
    if (!rest.as_in_the_file) {
      std::cerr << "penstockctl: all is done, but Kafka does not show it: " << plain(rest.fault)
                << '\n';
      return kFailed;
    }
    if (same)
      say("the cluster is as in the file");
    else
      say("the cluster is as in the file, but for what was refused or held back");
    if (refused(plan)) return kFailed;
    return held_back.empty() ? 0 : kToDo;
  }

  // Brokers learn of a change a moment after it is acknowledged.
  Rest read_back(std::size_t held_back) {
    constexpr std::chrono::seconds kPatience{15};
    constexpr std::chrono::milliseconds kPause{100};
    const auto end = std::chrono::steady_clock::now() + kPatience;
    Rest rest;
    for (;;) {
      try {
        std::vector<std::string> left;
        const auto steps = allowed_steps(make(), {}, left);
        rest.as_in_the_file = steps.empty() && left.size() == held_back;
        rest.fault = steps.empty() ? "see topics plan" : "still to do: " + to_line(steps.front());
      } catch (const std::runtime_error& error) {
        rest.fault = error.what();
      }
      if (rest.as_in_the_file || std::chrono::steady_clock::now() > end) return rest;
      std::this_thread::sleep_for(kPause);
    }
  }

  static std::string report_json(const Plan& plan, const std::vector<std::string>& held_back,
                                 const ApplyReport& report, bool as_in_the_file) {
    const Json json = {{"plan", Json::parse(to_json(plan))},
                       {"done", report.done},
                       {"failed", report.failed},
                       {"not_done", report.not_done},
                       {"held_back", held_back},
                       {"as_in_the_file", as_in_the_file}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  const TopicsOptions options_;
  const TopicFile file_;
  const KafkaAccess kafka_;
  TopicAdmin admin_{kafka_};
};

CLI::App* add_command(CLI::App& topics, const std::string& name, const std::string& what,
                      const std::shared_ptr<TopicsOptions>& options, int (Topics::*run)()) {
  auto* const command = topics.add_subcommand(name, what);
  command
      ->add_option("file", options->file,
                   "The topics that there should be, as topics.example.yaml explains")
      ->required();
  command->add_flag("--json", options->json, "For programs: JSON");
  add_kafka_options(*command, options->kafka);
  command->callback([options, run] {
    if (const int code = (Topics(*options).*run)(); code != 0) throw CLI::RuntimeError(code);
  });
  return command;
}

}  // namespace

void add_topics(CLI::App& app) {
  const auto options = std::make_shared<TopicsOptions>();
  auto* const topics = app.add_subcommand("topics", "The topics of Penstock, from a file");
  topics->require_subcommand(1);
  auto* const planning = add_command(*topics, "plan", "Show what is to be done; changes nothing",
                                     options, &Topics::plan);
  planning->footer("Exit codes: 0 nothing to do, 3 something to do, 1 failed or refused.");
  auto* const applying = add_command(*topics, "apply", "Create and change them, after a question",
                                     options, &Topics::apply);
  applying->add_flag("--yes", options->yes, "Do not ask");
  applying->add_flag("--grow", options->grow,
                     "Also add partitions, which breaks the order of each user's events once");
  applying
      ->add_option("--allow", options->allowed,
                   "Also what the plan warns of under this name; may be repeated")
      ->allow_extra_args(false)  // what follows its value may be the file
      ->check(CLI::IsMember({kDangerRetention, kDangerCleanup, kDangerInsync, kDangerGrow}));
  applying->footer(
      "Never deletes a topic and never shrinks one.\n"
      "Exit codes: 0 the cluster is as in the file; 3 something is left to do, held back or "
      "answered with no; 1 failed or refused; 2 wrong arguments, or no terminal to ask at and no "
      "--yes.");
}

}  // namespace penstock::ctl
