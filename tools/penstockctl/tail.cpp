#include "tail.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker_lookup.hpp"
#include "record_view.hpp"
#include "topic_reader.hpp"

namespace penstock::ctl {
namespace {

using Clock = std::chrono::steady_clock;

// What there is at the start is shown in the order of its events; more than that as it comes.
constexpr std::size_t kSortedMax = 10'000;

struct TailOptions {
  std::string admin = "http://127.0.0.1:9464";
  std::string brokers;
  std::string topic_prefix;
  std::vector<std::string> topics;
  std::vector<std::string> properties;  // name=value
  std::string format = "pretty";
  bool from_beginning = false;
  std::optional<std::uint64_t> count;
  std::optional<double> idle_exit_s;
};

class Tail {
 public:
  explicit Tail(const TailOptions& options)
      : options_(options), reader_(reader_settings(options)), colour_(wants_colour()) {}

  void run() {
    while (!finished()) {
      auto record = reader_.next();
      if (record) {
        last_record_ = Clock::now();
        take(std::move(*record));
      } else {
        std::cout.flush();  // whoever reads a pipe sees what there is
      }
      if (collecting_ && reader_.caught_up()) show_collected();
    }
    show_collected();
    std::cout.flush();
  }

 private:
  static bool wants_colour() {
    const char* const no_colour = std::getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
  }

  static ReaderSettings reader_settings(const TailOptions& options) {
    ReaderSettings settings;
    settings.brokers =
        options.brokers.empty() ? brokers_of_gateway(options.admin) : options.brokers;
    settings.from_beginning = options.from_beginning;
    settings.topics = options.topics;
    if (settings.topics.empty()) {
      for (const auto* name : {"user-activity", "db-changes", "dead-letter"})
        settings.topics.push_back(options.topic_prefix + name);
    }
    for (const auto& property : options.properties) {
      const auto equals = property.find('=');
      settings.properties[property.substr(0, equals)] = property.substr(equals + 1);
    }
    return settings;
  }

  bool finished() const {
    if (options_.count && shown_ >= *options_.count) return true;
    return options_.idle_exit_s &&
           Clock::now() - last_record_ > std::chrono::duration<double>(*options_.idle_exit_s);
  }

  void take(Record record) {
    if (!collecting_) return show(record);
    collected_.push_back(std::move(record));
    if (collected_.size() == kSortedMax) show_collected();
  }

  void show_collected() {
    collecting_ = false;
    std::ranges::stable_sort(collected_, {}, &order_of_event);
    for (const auto& record : collected_) show(record);
    collected_.clear();
  }

  void show(const Record& record) {
    if (options_.count && shown_ >= *options_.count) return;
    ++shown_;
    std::cout << (options_.format == "json" ? to_json_line(record) : to_pretty(record, colour_))
              << '\n';
  }

  const TailOptions options_;
  TopicReader reader_;
  const bool colour_;
  bool collecting_ = true;
  std::vector<Record> collected_;
  std::uint64_t shown_ = 0;
  Clock::time_point last_record_ = Clock::now();
};

}  // namespace

void add_tail(CLI::App& app) {
  const auto options = std::make_shared<TailOptions>();
  auto* const tail = app.add_subcommand("tail", "Show the events that arrive in Kafka");
  tail->add_option("--admin", options->admin,
                   "The gateway's admin listener, which is asked where Kafka is")
      ->capture_default_str();
  tail->add_option("--brokers", options->brokers, "Kafka itself, host:port; asks no gateway");
  tail->add_option("--topic-prefix", options->topic_prefix,
                   "As in the gateway's kafka.topic_prefix");
  tail->add_option("--topic", options->topics,
                   "Only this topic, by its whole name; may be repeated (default: the gateway's)");
  tail->add_flag("--from-beginning", options->from_beginning, "Also what has arrived so far");
  tail->add_option("--count", options->count, "End after so many events");
  tail->add_option("--idle-exit", options->idle_exit_s,
                   "End after so many seconds without an event")
      ->check(CLI::NonNegativeNumber);
  tail->add_option(
          "--format", options->format,
          "pretty: a line an event, for people; json: whole records, one JSON object a line")
      ->check(CLI::IsMember({"pretty", "json"}))
      ->capture_default_str();
  tail->add_option("-X,--property", options->properties,
                   "Setting of librdkafka, name=value, for TLS and SASL; may be repeated")
      ->check([](const std::string& text) {
        return text.find('=') == std::string::npos ? "give name=value" : "";
      });
  tail->callback([options] { Tail(*options).run(); });
}

}  // namespace penstock::ctl
