#include "replay.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "kafka_access.hpp"
#include "letter_options.hpp"
#include "record_view.hpp"
#include "replay_plan.hpp"
#include "replay_report_view.hpp"
#include "replay_run.hpp"
#include "replay_to_file.hpp"
#include "replay_to_gateway.hpp"
#include "replay_to_topic.hpp"
#include "run_control.hpp"
#include "time_bound.hpp"

namespace penstock::ctl {
namespace {

struct ReplayOptions {
  KafkaOptions kafka;
  std::string from, to_topic, to_file;
  std::string since, until;
  std::vector<std::string> offsets;
  ReplayFilter filter;
  GatewayAccess gateway;
  double per_second_max = 0, speed = 0;
  std::string timestamps = "original";
  std::string name;
  bool whole = false;
  bool apply = false;
  bool json = false;
  bool strict = false;

  bool new_timestamps() const { return timestamps == "now"; }
  // Where to, for a digest.
  std::string target() const {
    if (!to_file.empty()) return "file " + std::filesystem::absolute(to_file).string();
    return to_topic.empty() ? "gateway " + gateway.url : "topic " + to_topic;
  }
};

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

ReplayOrder order_of(const ReplayOptions& options) {
  ReplayOrder order;
  order.from = options.from;
  order.to = options.target();
  order.since = options.since;
  order.until = options.until;
  order.offsets = options.offsets;
  order.filter = options.filter;
  order.new_timestamps = options.new_timestamps();
  order.whole = options.whole;
  return order;
}

ReplaySettings settings_of(const ReplayOptions& options) {
  ReplaySettings settings;
  settings.kafka = kafka_access(options.kafka);
  settings.digest = digest_of(order_of(options));
  settings.name = options.name.empty() ? name_of_digest(settings.digest) : options.name;
  settings.topic = settings.kafka.topic_prefix + options.from;
  settings.offsets = parse_offset_list(options.offsets);
  if (!options.since.empty()) settings.since_ms = parse_time_bound(options.since, now_ms());
  if (!options.until.empty()) settings.until_ms = parse_time_bound(options.until, now_ms());
  settings.filter = options.filter;
  settings.per_second_max = options.per_second_max;
  settings.speed = options.speed;
  return settings;
}

std::shared_ptr<ReplayTarget> target_of(const ReplayOptions& options,
                                        const ReplaySettings& settings,
                                        std::map<std::string, std::uint64_t>& codes) {
  if (!options.gateway.url.empty()) return replay_to_gateway(settings, options.gateway, codes);
  if (!options.to_file.empty()) return replay_to_file(settings, options.to_file, options.whole);
  return replay_to_topic(settings, settings.kafka.topic_prefix + options.to_topic,
                         options.new_timestamps());
}

void tell_expired(const ReplayState& state, bool strict) {
  if (state.expired == 0) return;
  std::cerr << "penstockctl: retention has taken "
            << counted(static_cast<std::uint64_t>(state.expired), "offset")
            << " that were to be replayed\n";
  if (strict) throw CLI::RuntimeError(1);
}

void run(const ReplayOptions& options) {
  note_interrupts();
  const auto settings = settings_of(options);
  std::map<std::string, std::uint64_t> codes;
  const auto target = target_of(options, settings, codes);
  const ReplayNames names{settings.name, settings.topic,
                          !options.to_file.empty() ? options.to_file
                          : !options.gateway.url.empty()
                              ? options.gateway.url
                              : settings.kafka.topic_prefix + options.to_topic};
  auto report = options.apply ? replay(settings, *target) : preview_replay(settings, *target);
  report.codes = std::move(codes);
  std::cout << (options.json ? to_json(report, names, !options.apply)
                             : to_text(report, names, !options.apply));
  if (!options.apply && !options.json && !report.was_finished)
    std::cout << "\nNothing has been done. To do it, call the same with --apply.\n";
  tell_expired(report.state, options.strict);
}

void add_choice(CLI::App& command, ReplayOptions& options) {
  const auto is_time = checked_by([](const std::string& text) { parse_time_bound(text, 0); });
  command.add_option("--from", options.from, "The topic to read, without the topic prefix")
      ->required();
  command
      .add_option("--since", options.since,
                  "What arrived at or after this time: 2026-11-28T12:00:00Z, or 30m, 2h, 7d ago")
      ->check(is_time);
  command.add_option("--until", options.until, "What arrived before this time")->check(is_time);
  command
      .add_option("--offsets", options.offsets,
                  "Only these partitions and offsets: [3]@100-200 (both included), [3]@100-, [3]; "
                  "may be repeated")
      ->check(checked_by([](const std::string& text) { parse_offsets(text); }))
      ->allow_extra_args(false);
  const auto add = [&command](const char* name, std::vector<std::string>& values,
                              const char* what) {
    command.add_option(name, values, what)->allow_extra_args(false);
  };
  add("--user", options.filter.users, "Only events of this userId; may be repeated, as all below");
  add("--session", options.filter.sessions, "Only events of this sessionId");
  add("--type", options.filter.types, "Only events of this eventType or activityType");
  add("--correlation", options.filter.correlations, "Only events of this correlationId");
}

void add_target(CLI::App& command, ReplayOptions& options) {
  auto* const targets = command.add_option_group("target", "Where to; one of");
  auto* const topic =
      targets->add_option("--to", options.to_topic, "The topic to write, without the topic prefix");
  auto* const file = targets->add_option(
      "--to-file", options.to_file,
      "The file to write, a line of JSON an event, in the order of Kafka's times");
  auto* const gateway =
      targets->add_option("--to-gateway", options.gateway.url,
                          "The gateway to send to, https://host:port; at least once");
  targets->require_option(1);
  auto* const key = command.add_option("--key-file", options.gateway.key_file,
                                       "File that holds the write key for --to-gateway");
  key->check(CLI::ExistingFile)->needs(gateway);
  gateway->needs(key);
  command
      .add_option("--ca-file", options.gateway.ca_file,
                  "Certificate authorities for --to-gateway (default: the system's)")
      ->check(CLI::ExistingFile)
      ->needs(gateway);
  command
      .add_option("--timestamps", options.timestamps,
                  "Kafka's times of the copies: those of their records, or of now, for a topic "
                  "whose retention would take them")
      ->check(CLI::IsMember({"original", "now"}))
      ->capture_default_str()
      ->needs(topic);
  command.add_flag("--whole", options.whole, "Lines with the whole records, as of tail --json")
      ->needs(file);
}

}  // namespace

void add_replay(CLI::App& app) {
  const auto options = std::make_shared<ReplayOptions>();
  auto* const command = app.add_subcommand(
      "replay", "Bring the past of a topic again; without --apply only show what that would be");
  command->footer(
      "Copies have the key, value and headers of their records, eventId included, and the header "
      "replayed. What lies in the topic when the run begins is replayed, also if the topic is "
      "replayed into itself. A run that is stopped, by Ctrl-C or worse, goes on with the same "
      "command, and nothing is lost or doubled in the topic.");
  add_choice(*command, *options);
  add_target(*command, *options);
  auto* const rate =
      command->add_option("--rate", options->per_second_max, "At most so many records a second")
          ->check(CLI::PositiveNumber);
  command
      ->add_option("--speed", options->speed,
                   "In the order of Kafka's times over all partitions, and at their pace times "
                   "this: 1 as it was, 60 an hour in a minute")
      ->check(CLI::PositiveNumber)
      ->excludes(rate);
  command
      ->add_option("--name", options->name,
                   "Of the run (default: made from what is replayed to where); a new name replays "
                   "once more")
      ->check(name_fault);
  command->add_flag("--strict", options->strict,
                    "Exit with 1 if retention has taken something that was to be replayed");
  command->add_flag("--apply", options->apply, "Do it");
  command->add_flag("--json", options->json, "For programs: JSON");
  add_kafka_options(*command, options->kafka);
  command->callback([options] { run(*options); });
}

}  // namespace penstock::ctl
