#include "dlq.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "dead_letter.hpp"
#include "dlq_redrive.hpp"
#include "kafka_access.hpp"
#include "letter_options.hpp"
#include "letter_stats.hpp"
#include "letter_view.hpp"
#include "record_view.hpp"
#include "terminal.hpp"
#include "topic_reader.hpp"
#include "wire/topics.hpp"

namespace penstock::ctl {
namespace {

struct DlqOptions {
  KafkaOptions kafka;
  LetterOptions letters;
  std::string place;
  bool json = false;
  std::uint64_t count = 0;  // 0: all
  std::size_t rows = 10;
};

// Everything that is in the topic when this ends. `each` returns false to end before.
void read_letters(const DlqOptions& options,
                  const std::function<bool(const Record&, const DeadLetter&)>& each) {
  const KafkaAccess kafka = kafka_access(options.kafka);
  const LetterFilter filter = filter_of(options.letters);
  ReaderSettings settings;
  settings.brokers = kafka.brokers;
  settings.properties = kafka.properties;
  settings.topics = {kafka.topic_prefix + std::string(wire::kTopicDeadLetter)};
  settings.from_beginning = true;
  settings.since_ms = filter.since_ms;  // a letter lies in Kafka after its rejection
  if (!options.place.empty()) settings.place = parse_place(options.place);
  TopicReader reader(settings);
  auto answered = std::chrono::steady_clock::now();
  constexpr std::chrono::seconds kPatience{30};
  while (!reader.caught_up()) {
    const auto record = reader.next();
    const auto now = std::chrono::steady_clock::now();
    if (record || reader.away().empty()) answered = now;
    if (now - answered > kPatience)
      throw std::runtime_error("Kafka has been away for 30 seconds: " + reader.away());
    if (!record) continue;
    const DeadLetter letter = read_dead_letter(*record);
    if (filter.matches(letter) && !each(*record, letter)) return;
  }
}

void list(const DlqOptions& options) {
  const ViewSettings view{wants_colour(), place_width_of({std::string(wire::kTopicDeadLetter)})};
  std::uint64_t shown = 0;
  read_letters(options, [&](const Record& record, const DeadLetter&) {
    std::cout << (options.json ? to_json_line(record) : to_pretty(record, view)) << '\n';
    return ++shown != options.count;
  });
  if (!options.json) std::cout << shown << " dead letters\n";
}

void stats(const DlqOptions& options) {
  LetterStats stats;
  read_letters(options, [&](const Record&, const DeadLetter& letter) {
    stats.add(letter);
    return true;
  });
  std::cout << (options.json ? stats.to_json() : stats.to_text(options.rows));
}

void show(const DlqOptions& options) {
  const auto place = parse_place(options.place);
  bool found = false;
  read_letters(options, [&](const Record& record, const DeadLetter& letter) {
    if (record.offset != place.offset) return false;
    found = true;
    std::cout << (options.json ? to_json_line(record) + '\n' : to_page(record, letter));
    return false;
  });
  if (!found) {
    throw std::runtime_error("there is no dead letter at " + options.place +
                             "; retention may have taken it, or it was never there");
  }
}

CLI::App* add_command(CLI::App& dlq, const std::string& name, const std::string& what,
                      const std::shared_ptr<DlqOptions>& options, void (*run)(const DlqOptions&)) {
  auto* const command = dlq.add_subcommand(name, what);
  command->add_flag("--json", options->json, "For programs: JSON");
  command->callback([options, run] { run(*options); });
  return command;
}

}  // namespace

void add_dlq(CLI::App& app) {
  const auto options = std::make_shared<DlqOptions>();
  auto* const dlq = app.add_subcommand(
      "dlq", "Look at the events that the gateway did not take, and bring them back");
  dlq->require_subcommand(1);
  auto* const listing =
      add_command(*dlq, "list", "A line for each, in the order of their partitions", options, list);
  add_letter_options(*listing, options->letters);
  listing->add_option("--count", options->count, "End after so many");
  auto* const counting = add_command(
      *dlq, "stats", "Count them by code, place, write key, type and user, and over time", options,
      stats);
  add_letter_options(*counting, options->letters);
  counting->add_option("--rows", options->rows, "Rows of each table")->capture_default_str();
  auto* const showing =
      add_command(*dlq, "show", "All of one: why it was rejected, and what it was", options, show);
  showing->add_option("place", options->place, "Where it is, as list shows it: [partition]@offset")
      ->required()
      ->check(checked_by(parse_place));
  for (auto* const command : {listing, counting, showing})
    add_kafka_options(*command, options->kafka);
  add_dlq_redrive(*dlq);
}

}  // namespace penstock::ctl
