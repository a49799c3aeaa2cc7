#include "tail.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kafka_access.hpp"
#include "record_view.hpp"
#include "terminal.hpp"
#include "time_order.hpp"
#include "topic_reader.hpp"
#include "wire/topics.hpp"

namespace penstock::ctl {
namespace {

struct TailOptions {
  KafkaOptions kafka;
  std::vector<std::string> topics;
  std::string format = "pretty";
  bool from_beginning = false;
  std::optional<std::uint64_t> count;
  std::optional<double> idle_exit_s;
};

class Tail {
 public:
  explicit Tail(const TailOptions& options)
      : options_(options),
        settings_(reader_settings(options)),
        reader_(settings_),
        view_{wants_colour(), place_width_of(settings_.topics)} {}

  void run() {
    if (pretty()) std::cout << pretty_heads(view_) << std::endl;
    while (!finished()) {
      auto record = reader_.next();
      const auto now = TimeOrder::Clock::now();
      if (record) {
        last_record_ = now;
        order_.add(std::move(*record), now);
      }
      tell_whether_away();
      // What there is at the start is shown in the order of its events, however long reading that
      // takes.
      if (reader_.caught_up()) caught_up_ = true;
      show(caught_up_ ? order_.due(now) : order_.due({}));
    }
    show(order_.all());
    std::cout.flush();
  }

 private:
  static constexpr std::chrono::milliseconds kPatience{300};
  static constexpr std::size_t kSortedMax = 10'000;

  static ReaderSettings reader_settings(const TailOptions& options) {
    const KafkaAccess kafka = kafka_access(options.kafka);
    ReaderSettings settings;
    settings.brokers = kafka.brokers;
    settings.properties = kafka.properties;
    settings.from_beginning = options.from_beginning;
    settings.topics = options.topics;
    if (settings.topics.empty()) {
      for (const auto topic : wire::kTopics)
        settings.topics.push_back(kafka.topic_prefix + std::string(topic));
    }
    return settings;
  }

  bool pretty() const { return options_.format == "pretty"; }

  bool finished() const {
    if (options_.count && shown_ >= *options_.count) return true;
    return options_.idle_exit_s && TimeOrder::Clock::now() - last_record_ >
                                       std::chrono::duration<double>(*options_.idle_exit_s);
  }

  void tell_whether_away() {
    const auto away = reader_.away();
    if (away.empty() == !said_away_) return;
    said_away_ = !said_away_;
    std::cout.flush();
    if (said_away_)
      std::cerr << "penstockctl: Kafka is away (" << away << "); waiting until it is back\n";
    else
      std::cerr << "penstockctl: Kafka is back\n";
  }

  void show(const std::vector<Record>& records) {
    for (const auto& record : records) {
      if (options_.count && shown_ >= *options_.count) return;
      ++shown_;
      std::cout << (pretty() ? to_pretty(record, view_) : to_json_line(record)) << '\n';
    }
    if (!records.empty()) std::cout.flush();  // whoever reads a pipe sees what there is
  }

  const TailOptions options_;
  const ReaderSettings settings_;
  TopicReader reader_;
  const ViewSettings view_;
  TimeOrder order_{kPatience, kSortedMax};
  bool caught_up_ = false;
  bool said_away_ = false;
  std::uint64_t shown_ = 0;
  TimeOrder::Clock::time_point last_record_ = TimeOrder::Clock::now();
};

}  // namespace

void add_tail(CLI::App& app) {
  const auto options = std::make_shared<TailOptions>();
  auto* const tail = app.add_subcommand("tail", "Show the events that arrive in Kafka");
  add_kafka_options(*tail, options->kafka);
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
  tail->callback([options] { Tail(*options).run(); });
}

}  // namespace penstock::ctl
