#include "trace.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "kafka_access.hpp"
#include "terminal.hpp"
#include "time_bound.hpp"
#include "timeline.hpp"
#include "topic_reader.hpp"
#include "trace_match.hpp"
#include "trace_page.hpp"
#include "wire/topics.hpp"

namespace penstock::ctl {
namespace {

using Clock = std::chrono::steady_clock;

struct TraceOptions {
  KafkaOptions kafka;
  std::string id, as, since = "24h", until, html;
  std::vector<std::string> topics;
  std::uint64_t count = 10'000;
  bool json = false, force = false;
};

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string grouped(std::int64_t number) {
  auto digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

// A file that is there whole or not at all.
class NewFile {
 public:
  // Fails at once where finish() would: nobody waits for a page that cannot be written.
  NewFile(std::filesystem::path path, bool replace) : path_(std::move(path)), replace_(replace) {
    if (std::filesystem::is_directory(path_)) fail("it is a folder");
    if (!replace_ && std::filesystem::exists(std::filesystem::symlink_status(path_)))
      fail("it exists; --force replaces it");
    temporary_ = path_.string() + ".XXXXXX";
    file_ = mkstemp(temporary_.data());  // readable by its owner alone
    if (file_ < 0) {
      temporary_.clear();
      fail(std::strerror(errno));
    }
  }
  ~NewFile() {
    if (file_ >= 0) close(file_);
    if (!temporary_.empty()) unlink(temporary_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void finish(std::string_view text) {
    while (!text.empty()) {
      const auto written = write(file_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail(std::strerror(errno));
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (fsync(file_) != 0) fail(std::strerror(errno));
    if (!replace_) {
      // Unlike rename(), link() replaces nothing that has come meanwhile.
      if (link(temporary_.c_str(), path_.c_str()) != 0) fail(std::strerror(errno));
    } else {
      if (rename(temporary_.c_str(), path_.c_str()) != 0) fail(std::strerror(errno));
      temporary_.clear();
    }
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error("cannot write " + path_.string() + ": " + why);
  }

  const std::filesystem::path path_;
  const bool replace_;
  std::string temporary_;
  int file_ = -1;
};

// What is read, how far the reading is, and how long it will take; on the standard error.
class Progress {
 public:
  Progress(const TopicReader& reader, const ReaderSettings& settings) {
    std::map<std::string, std::vector<const TopicReader::Span*>> topics;
    std::size_t partitions = 0;
    for (const auto& span : reader.spans()) {
      topics[span.topic].push_back(&span);
      total_ += span.end - span.begin;
      ++partitions;
    }
    std::string names;
    for (const auto& [topic, spans] : topics) {
      names += (names.empty() ? "" : ", ") + plain(topic);
      if (settings.keys.contains(topic))
        names += '[' + std::to_string(spans.front()->partition) + "] alone";
      else
        names += " (" + counted(spans.size(), "partition") + ')';
    }
    std::cerr << "penstockctl: reads " << names << ": about " << grouped(total_) << " records in "
              << counted(partitions, "partition") << '\n';
  }

  void count() { ++read_; }

  // Costs nothing to speak of, so it may be called for each record.
  void show() {
    const auto now = Clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::seconds(1);
    if (said_ && !terminal_) return;
    const auto seconds = std::chrono::duration<double>(now - begun_).count();
    const auto rate = static_cast<double>(read_) / seconds;
    const auto left = static_cast<double>(std::max<std::int64_t>(total_ - read_, 0)) / rate;
    std::cerr << (terminal_ ? "\r\x1b[K" : "") << "penstockctl: " << grouped(read_) << " of "
              << grouped(total_) << " records, " << grouped(static_cast<std::int64_t>(rate))
              << " a second";
    if (read_ > 0)
      std::cerr << ", about " << duration_text(static_cast<std::int64_t>(left * 1000)) << " to go";
    if (!terminal_) std::cerr << '\n';
    std::cerr.flush();
    said_ = true;
  }

  void end(std::uint64_t matched) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_);
    std::cerr << (said_ && terminal_ ? "\r\x1b[K" : "") << "penstockctl: read " << grouped(read_)
              << " records in " << duration_text(ms.count()) << "; "
              << grouped(static_cast<std::int64_t>(matched)) << " match\n";
  }

 private:
  const bool terminal_ = isatty(STDERR_FILENO) == 1;
  const Clock::time_point begun_ = Clock::now();
  Clock::time_point next_ = begun_ + std::chrono::seconds(1);
  std::int64_t total_ = 0, read_ = 0;
  bool said_ = false;
};

class Tracing {
 public:
  explicit Tracing(const TraceOptions& options)
      : options_(options),
        only_(options.as.empty() ? std::nullopt : std::optional(parse_id_field(options.as))),
        since_ms_(parse_time_bound(options.since, now_ms())),
        until_ms_(options.until.empty() ? std::numeric_limits<std::int64_t>::max()
                                        : parse_time_bound(options.until, now_ms())) {
    if (since_ms_ >= until_ms_) throw CLI::ValidationError("--until", "is not after --since");
  }

  Trace run() {
    const auto settings = reader_settings();
    TopicReader reader(settings);
    Progress progress(reader, settings);
    const IdMatcher matcher(options_.id, only_);
    auto answered = Clock::now();
    while (!reader.caught_up()) {
      auto record = reader.next();
      progress.show();
      if (record || reader.away().empty()) answered = Clock::now();
      constexpr std::chrono::seconds kPatience{30};
      if (Clock::now() - answered > kPatience)
        throw std::runtime_error("Kafka has been away for 30 seconds: " + reader.away());
      if (!record) continue;
      progress.count();
      if (record->timestamp_ms < since_ms_ || record->timestamp_ms >= until_ms_) continue;
      if (auto fields = matcher.match(*record); !fields.empty())
        keep(read_trace_event(std::move(*record), std::move(fields)));
    }
    progress.end(events_.size() + left_out_);
    Trace trace{options_.id, {}, left_out_};
    while (!events_.empty())
      trace.events.push_back(std::move(events_.extract(events_.begin()).value()));
    return trace;
  }

 private:
  ReaderSettings reader_settings() const {
    const KafkaAccess kafka = kafka_access(options_.kafka);
    ReaderSettings settings;
    settings.brokers = kafka.brokers;
    settings.properties = kafka.properties;
    settings.since_ms = since_ms_;
    settings.until_ms = until_ms_;
    settings.topics = options_.topics;
    for (const auto topic : wire::kTopics) {
      const auto name = kafka.topic_prefix + std::string(topic);
      if (options_.topics.empty()) settings.topics.push_back(name);
      // As the gateway keys its records: events by their user, dead letters by their install.
      const bool letters = topic == wire::kTopicDeadLetter;
      if (only_ == (letters ? IdField::kInstall : IdField::kUser))
        settings.keys[name] = options_.id;
    }
    return settings;
  }

  // The earliest of all that match.
  void keep(TraceEvent event) {
    events_.insert(std::move(event));
    if (events_.size() <= options_.count) return;
    events_.erase(std::prev(events_.end()));
    ++left_out_;
  }

  const TraceOptions options_;
  const std::optional<IdField> only_;
  const std::int64_t since_ms_, until_ms_;
  std::multiset<TraceEvent> events_;
  std::uint64_t left_out_ = 0;
};

void trace(const TraceOptions& options) {
  Tracing tracing(options);
  std::optional<NewFile> file;
  if (!options.html.empty()) file.emplace(options.html, options.force);
  const auto found = tracing.run();
  if (const auto cut = cut_text(found); !cut.empty()) std::cerr << "penstockctl: " << cut << '\n';
  if (options.json) {
    std::cout << to_trace_json(found) << '\n';
    return;
  }
  if (found.events.empty()) {
    const std::string nothing =
        "no record of " + plain(options.id) + " arrived since " + options.since +
        "; give an earlier --since, or another --as. What the gateway masks, as [email], is found "
        "by its mask alone";
    if (file) throw std::runtime_error(nothing + "; " + options.html + " is not written");
    std::cout << nothing << '\n';
  } else if (file) {
    file->finish(to_trace_page(found));
    std::cerr << "penstockctl: wrote " << options.html << '\n';
  } else {
    std::cout << to_timeline(found, wants_colour());
  }
}

std::string time_fault(const std::string& text) {
  try {
    static_cast<void>(parse_time_bound(text, 0));
    return "";
  } catch (const std::exception& fault) {
    return fault.what();
  }
}

}  // namespace

void add_trace(CLI::App& app) {
  const auto options = std::make_shared<TraceOptions>();
  auto* const command = app.add_subcommand(
      "trace", "Show everything of one user, session, flow or event, as it happened");
  command
      ->add_option("id", options->id,
                   "A userId, sessionId, correlationId, eventId, installId, recordId or trace-id")
      ->required()
      ->check([](const std::string& text) { return text.empty() ? "give an id" : ""; });
  command
      ->add_option("--as", options->as,
                   "What the id is; a user is then looked up in one partition of each topic")
      ->check(
          CLI::IsMember(std::vector<std::string>(kIdFieldOptions.begin(), kIdFieldOptions.end())));
  command
      ->add_option("--since", options->since,
                   "What arrived at or after this time: 2026-11-28T12:00:00Z, or 30m, 2h, 7d ago")
      ->check(time_fault)
      ->capture_default_str();
  command->add_option("--until", options->until, "What arrived before this time")
      ->check(time_fault);
  command->add_option("--count", options->count, "At most so many events, the earliest")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}))
      ->capture_default_str();
  command
      ->add_option("--topic", options->topics,
                   "Only this topic, by its whole name; may be repeated (default: the gateway's)")
      ->allow_extra_args(false);  // or it would take the id
  auto* const json = command->add_flag("--json", options->json, "For programs: one JSON object");
  auto* const html = command->add_option("--html", options->html, "Write a page to this file");
  html->excludes(json);
  command->add_flag("--force", options->force, "Replace the file of --html")->needs(html);
  add_kafka_options(*command, options->kafka);
  command->callback([options] { trace(*options); });
}

}  // namespace penstock::ctl
