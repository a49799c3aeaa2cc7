#include "erase.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <set>

#include "erasure.hpp"
#include "kafka_access.hpp"
#include "run_control.hpp"

namespace penstock::ctl {
namespace {

struct EraseOptions {
  KafkaOptions kafka;
  std::set<std::string> users, installs;
  std::vector<std::string> topics;
  bool requests = false;
  bool apply = false;
  bool json = false;
};

ErasureSettings settings_of(const EraseOptions& options) {
  ErasureSettings settings;
  settings.kafka = kafka_access(options.kafka);
  settings.users = options.users;
  settings.installs = options.installs;
  settings.topics = options.topics;
  settings.requests = options.requests;
  settings.apply = options.apply;
  return settings;
}

void run(const EraseOptions& options) {
  note_interrupts();
  const ErasureFindings findings = erase(settings_of(options));
  if (options.json) {
    std::cout << findings.to_json(options.apply);
    return;
  }
  std::cout << findings.to_text(options.apply);
  if (findings.something_stays())
    std::cout << "\nA topic without a retention keeps what is marked: give the topic one "
                 "(penstockctl topics).\n";
  if (!options.apply)
    std::cout << "\nNothing has been done. To write tombstones and the audit, call the same with "
                 "--apply.\n";
}

}  // namespace

void add_erase(CLI::App& app) {
  const auto options = std::make_shared<EraseOptions>();
  auto* const erase = app.add_subcommand(
      "erase", "Find what lies in Kafka of a user or an install, and erase what can be");
  erase->footer(
      "Without --apply nothing is written. With it, a tombstone goes to each key of a compacted "
      "topic "
      "whose newest record is theirs, and the topic erasure-audit gets a record of what was found "
      "and "
      "until when the rest remains. Kafka erases no single record of another topic: retention "
      "takes them. The command may be called again at any time.");
  erase->add_option("--user", options->users, "A userId, as it lies in Kafka; may be repeated")
      ->allow_extra_args(false);
  erase->add_option("--install", options->installs, "An installId; may be repeated")
      ->allow_extra_args(false);
  erase->add_flag("--requests", options->requests,
                  "All installs that the topic erasure-requests names");
  erase
      ->add_option("--topic", options->topics,
                   "Also this topic, by its whole name, for example of aggregates; may be repeated")
      ->allow_extra_args(false);
  erase->add_flag("--apply", options->apply, "Write the tombstones and the audit");
  erase->add_flag("--json", options->json, "For programs: JSON");
  add_kafka_options(*erase, options->kafka);
  erase->callback([options] {
    if (options->users.empty() && options->installs.empty() && !options->requests)
      throw CLI::ValidationError("erase", "give --user, --install or --requests");
    run(*options);
  });
}

}  // namespace penstock::ctl
