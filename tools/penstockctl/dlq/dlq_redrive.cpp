#include "dlq_redrive.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>

#include "config/config_loader.hpp"
#include "config/key_privacy.hpp"
#include "config/privacy_rules.hpp"
#include "kafka_access.hpp"
#include "letter_options.hpp"
#include "redrive.hpp"
#include "run_control.hpp"
#include "wire/uuid.hpp"

namespace penstock::ctl {
namespace {

struct RedriveOptions {
  KafkaOptions kafka;
  LetterOptions letters;
  std::string gateway_config;
  std::string edit_file;
  double per_second_max = 0;
  std::uint32_t attempts_max = 3;
  bool new_timestamps = false;
  bool apply = false;
  bool json = false;
};

std::optional<LetterEdit> edit_of(const RedriveOptions& options, std::string& text) {
  if (options.edit_file.empty()) return std::nullopt;
  std::ifstream file(options.edit_file);
  if (!file) throw std::runtime_error("cannot read " + options.edit_file + ", the edit");
  text.assign(std::istreambuf_iterator<char>(file), {});
  return LetterEdit(text, options.edit_file);
}

void take_gateway_config(const RedriveOptions& options, JudgeSettings& judge) {
  if (options.gateway_config.empty()) return;
  const auto loaded = gateway::load_config(options.gateway_config, gateway::process_environment());
  if (!loaded.errors.empty()) throw std::runtime_error(loaded.errors.front());
  judge.schemas_folder = loaded.config.event_types.schemas_folder;
  const auto faults = gateway::key_privacy_errors(loaded.config);
  if (!faults.empty()) throw std::runtime_error(gateway::located(faults.front(), loaded));
  const auto& common = loaded.config.privacy;
  judge.privacy = gateway::rule_set_options(common);
  for (const auto& key : loaded.config.keys)
    if (key.privacy != gateway::KeyPrivacyConfig())
      judge.privacy_of_keys[key.id] =
          gateway::key_rule_set_options(judge.privacy, common, key.privacy);
}

// What makes two calls the same work: all that decides which letters are moved, and as what.
std::string digest_of(const RedriveOptions& options, const std::string& edit) {
  std::ostringstream text;
  const auto list = [&](const std::vector<std::string>& values) {
    for (const auto& value : values) text << value.size() << ':' << value;
    text << '\n';
  };
  const LetterFilter& filter = options.letters.filter;
  for (const auto* values :
       {&filter.codes, &filter.pointers, &filter.keys, &filter.types, &filter.users})
    list(*values);
  text << options.letters.since << '\n' << options.letters.until << '\n' << edit;
  return wire::name_uuid(wire::Uuid{}, text.str()).text();
}

void run(const RedriveOptions& options) {
  note_interrupts();
  std::string edit_text;
  const auto edit = edit_of(options, edit_text);
  RedriveSettings settings;
  take_gateway_config(options, settings.judge);
  settings.kafka = kafka_access(options.kafka);
  settings.judge.topic_prefix = settings.kafka.topic_prefix;
  settings.filter = filter_of(options.letters);
  settings.edit = edit ? &*edit : nullptr;
  settings.command = digest_of(options, edit_text);
  settings.attempts_max = options.attempts_max;
  settings.per_second_max = options.per_second_max;
  settings.new_timestamps = options.new_timestamps;
  const auto report = options.apply ? redrive(settings) : preview_redrive(settings);
  if (options.json) {
    std::cout << report.to_json(!options.apply);
    return;
  }
  std::cout << report.to_text(!options.apply);
  if (!options.apply && report.moved() > 0)
    std::cout << "\nNothing has been done. To do it, call the same with --apply.\n";
}

}  // namespace

void add_dlq_redrive(CLI::App& dlq) {
  const auto options = std::make_shared<RedriveOptions>();
  auto* const redrive = dlq.add_subcommand("redrive",
                                           "Bring letters to the topics of their events; without "
                                           "--apply only show what would become of them");
  redrive->footer(
      "A letter whose event is valid now goes to the topic of its type, with its eventId, its time "
      "and redriveAttempts and redrivenFrom among its headers. One that is rejected again goes to "
      "the end of dead-letter with the new reason, and after --attempts to dead-letter-quarantine. "
      "No letter is redriven twice: the topic redrive-ledger knows which were. A run that is "
      "stopped, by Ctrl-C or worse, goes on with the same command.");
  add_letter_options(*redrive, options->letters);
  redrive
      ->add_option(
          "--gateway-config", options->gateway_config,
          "The gateway's configuration, for its schemas and its privacy rules (default: no "
          "custom event types, the built-in rules)")
      ->check(CLI::ExistingFile);
  redrive
      ->add_option("--edit", options->edit_file,
                   "JSON Patch (RFC 6902) for every letter that is meant; one that it does not fit "
                   "stays where it is")
      ->check(CLI::ExistingFile);
  redrive->add_option("--rate", options->per_second_max, "At most so many letters a second")
      ->check(CLI::PositiveNumber);
  redrive
      ->add_option("--attempts", options->attempts_max,
                   "Quarantine a letter that so many redrives could not bring")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  redrive->add_flag("--new-timestamps", options->new_timestamps,
                    "Give the records Kafka's time of now, for letters that are older than their "
                    "topic's retention (default: their letters' time)");
  redrive->add_flag("--apply", options->apply, "Do it");
  redrive->add_flag("--json", options->json, "For programs: JSON");
  add_kafka_options(*redrive, options->kafka);
  redrive->callback([options] { run(*options); });
}

}  // namespace penstock::ctl
