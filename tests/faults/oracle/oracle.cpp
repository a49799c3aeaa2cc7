// Nothing is lost when anything is killed: the recording programs, the gateway and a real broker,
// each with kill -9 at random moments, while events are recorded; then what track() returned is
// compared with what lies in Kafka.
//
//   penstock-oracle [--kills N] [--seconds N] [--seed N] [--rate N]
//
// Ends with 0 if every promise was kept, 1 if one was broken (and says which event), 2 for bad
// arguments.

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <functional>
#include <latch>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "faults/oracle/ledger.hpp"
#include "faults/oracle/progress_file.hpp"
#include "faults/oracle/schedule.hpp"
#include "faults/oracle/session_ledger.hpp"
#include "journal/journal.hpp"
#include "journal/slot.hpp"
#include "penstock/options.hpp"
#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/gateway_process.hpp"
#include "support/kafka_broker.hpp"
#include "support/kafka_reader.hpp"
#include "support/temp_directory.hpp"
#include "support/tree.hpp"

namespace penstock::oracle {
namespace {

using namespace std::chrono_literals;

struct Settings {
  std::size_t kills = 40;
  std::int64_t seconds = 90;
  std::uint64_t seed = std::random_device{}();
  std::uint64_t rate = 400;  // events a second, each recording thread
};

std::string recorder_program() {
  return test::build_tree() / "tests/faults/oracle/penstock-oracle-recorder";
}

// One program under test, run after run. One thread at a time.
class Recorder {
 public:
  Recorder(std::string name, const std::filesystem::path& work, std::uint64_t rate,
           const test::GatewayProcess& gateway)
      : name_(std::move(name)), work_(work), rate_(rate), gateway_(gateway) {}

  void start() {
    const std::string run = name_ + "-" + std::to_string(++runs_);
    const auto progress = work_ / (run + ".progress");
    process_.emplace(test::Command{
        {recorder_program(), "record", work_ / "journal", gateway_.base_url(), gateway_.write_key(),
         gateway_.ca_file(), progress, run, std::to_string(rate_)},
        {},
        work_ / (name_ + ".log")});
    progress_[run] = progress;
  }
  void kill() {
    if (!process_->running())
      throw std::runtime_error("recorder " + name_ + " ended by itself; see its log");
    process_->kill();
  }

  void append_claims(std::vector<Claim>& claims, std::uint64_t& refused) const {
    for (const auto& [run, path] : progress_) {
      ProgressFile file(path);
      for (std::size_t thread = 0; thread < kThreads; ++thread) {
        ThreadProgress& progress = file.of_thread(thread);
        claims.push_back({run + "." + std::to_string(thread), progress.intended.load(),
                          progress.returned.load()});
        refused += progress.refused.load();
      }
    }
  }

 private:
  std::string name_;
  std::filesystem::path work_;
  std::uint64_t rate_;
  const test::GatewayProcess& gateway_;
  int runs_ = 0;
  std::map<std::string, std::filesystem::path> progress_;
  std::optional<test::ChildProcess> process_;
};

// Kills one process at its moments and starts it again. The thread stays until `finished`: the
// kernel ends children with the thread that started them.
class Keeper {
 public:
  Keeper(const char* name, const std::vector<std::chrono::milliseconds>& moments,
         const std::function<void()>& kill, const std::function<void()>& restart,
         std::latch& killed, std::latch& finished)
      : thread_([=, this, &killed, &finished] {
          const auto begin = std::chrono::steady_clock::now();
          try {
            for (const auto moment : moments) {
              std::this_thread::sleep_until(begin + moment);
              kill();
              ++kills_;
              restart();
            }
          } catch (const std::exception& error) {
            problem_ = std::string(name) + ": " + error.what();
          }
          killed.count_down();
          finished.wait();
        }) {}
  ~Keeper() { thread_.join(); }

  // Only once `killed` has been counted down.
  std::uint64_t kills() const { return kills_; }
  const std::string& problem() const { return problem_; }

 private:
  std::uint64_t kills_ = 0;
  std::string problem_;
  std::thread thread_;
};

// What the journals say once all is drained, read independently of the SDK that wrote them.
struct JournalState {
  std::uint64_t pending = 0, acknowledged = 0;
};

JournalState inspect_journals(const std::filesystem::path& directory) {
  JournalState state;
  for (auto& slot : journal::Slot::take_orphans(directory)) {
    const Options defaults;
    auto journal = journal::Journal::open(
        slot.folder(), {defaults.disk_bytes_max, defaults.segment_bytes, defaults.event_bytes_max});
    if (!journal) throw std::runtime_error(journal.status().message());
    state.pending += (*journal)->reader().pending();
    state.acknowledged += (*journal)->reader().acknowledged_seq();
  }
  return state;
}

// Nothing if the event is no session's.
std::optional<SessionRecord> to_session(const nlohmann::json& event) {
  const std::string type = event.value("activityType", "");
  if (type != "SessionStart" && type != "SessionEnd") return std::nullopt;
  return SessionRecord{
      event.at("sessionId"), event.at("eventId"),
      type == "SessionEnd" ? std::string(event.at("details").at("endReason")) : ""};
}

Seen to_seen(const test::KafkaRecord& record, const nlohmann::json& event) {
  const auto& metadata = event.at("metadata");
  return {metadata.at("oracleStream"),
          metadata.at("oracleNumber"),
          event.at("eventId"),
          event.at("installId"),
          event.at("seq"),
          record.topic,
          record.partition};
}

class Oracle {
 public:
  explicit Oracle(const Settings& settings)
      : settings_(settings),
        broker_(),
        gateway_(make_gateway_options(broker_)),
        a_("A", work_.path(), settings.rate, gateway_),
        b_("B", work_.path(), settings.rate, gateway_) {}

  int run() {
    std::printf("seed %llu: %zu kills within %lld s\n",
                static_cast<unsigned long long>(settings_.seed), settings_.kills,
                static_cast<long long>(settings_.seconds));
    std::latch finished(1);
    try {
      a_.start();
      b_.start();
      kill_everything(finished);
      drain();
    } catch (...) {
      release(finished);
      throw;
    }
    const int result = judge();
    release(finished);
    return result;
  }

 private:
  static test::GatewayOptions make_gateway_options(test::KafkaBroker& broker) {
    test::GatewayOptions options;
    options.brokers = broker.bootstrap();
    return options;
  }

  void release(std::latch& finished) {
    if (!finished.try_wait()) finished.count_down();
    keepers_.clear();
  }

  void kill_everything(std::latch& finished) {
    const Schedule schedule =
        draw_schedule(settings_.kills, std::chrono::seconds(settings_.seconds), settings_.seed);
    const std::function<void()> kill[] = {[this] { a_.kill(); }, [this] { b_.kill(); },
                                          [this] { gateway_.kill(); }, [this] { broker_.kill(); }};
    const std::function<void()> restart[] = {[this] { a_.start(); }, [this] { b_.start(); },
                                             [this] { gateway_.restart(); },
                                             [this] { broker_.restart(); }};
    std::latch killed(kVictims);
    for (std::size_t i = 0; i < kVictims; ++i) {
      keepers_.push_back(std::make_unique<Keeper>(kVictimNames[i], schedule[i], kill[i], restart[i],
                                                  killed, finished));
    }
    show_progress(killed);
    for (std::size_t i = 0; i < kVictims; ++i) {
      if (!keepers_[i]->problem().empty()) throw std::runtime_error(keepers_[i]->problem());
      kills_[i] = keepers_[i]->kills();
    }
    a_.kill();
    b_.kill();
    ++kills_[0];
    ++kills_[1];
  }

  void show_progress(const std::latch& killed) {
    const auto begin = std::chrono::steady_clock::now();
    while (!test::eventually([&] { return killed.try_wait(); }, 10s)) {
      const auto elapsed = std::chrono::duration_cast<std::chrono::seconds>(
          std::chrono::steady_clock::now() - begin);
      std::printf("  %lld s, killing\n", static_cast<long long>(elapsed.count()));
      std::fflush(stdout);
    }
  }

  void drain() {
    std::puts("draining: one process takes over what the killed ones left");
    test::ChildProcess process({{recorder_program(), "drain", work_ / "journal",
                                 gateway_.base_url(), gateway_.write_key(), gateway_.ca_file()},
                                {},
                                {}});
    const auto status = process.wait(150s);
    if (status != 0) throw std::runtime_error("the journals could not be drained");
  }

  int judge() {
    std::vector<Claim> claims;
    std::uint64_t refused = 0;
    a_.append_claims(claims, refused);
    b_.append_claims(claims, refused);
    std::vector<Seen> seen;
    std::vector<SessionRecord> sessions;
    for (const char* topic : {"user-activity", "db-changes"}) {
      for (const auto& record : test::read_topic(broker_.bootstrap(), topic)) {
        const auto event = nlohmann::json::parse(record.value);
        if (auto session = to_session(event))
          sessions.push_back(*std::move(session));
        else
          seen.push_back(to_seen(record, event));
      }
    }
    const auto dead_letters = test::read_topic(broker_.bootstrap(), "dead-letter").size();
    const Verdict verdict = compare(claims, seen);
    const SessionVerdict session_verdict = compare_sessions(sessions);
    const JournalState journals = inspect_journals(work_ / "journal");
    print(verdict, journals, refused, dead_letters);
    print(session_verdict);
    const bool kept = verdict.kept() && session_verdict.broken() == 0 && journals.pending == 0 &&
                      dead_letters == 0;
    std::puts(kept ? "every promise was kept" : "A PROMISE WAS BROKEN");
    return kept ? 0 : 1;
  }

  static void line(const char* name, std::uint64_t value) {
    std::printf("  %-44s %10llu\n", name, static_cast<unsigned long long>(value));
  }

  static void print(const SessionVerdict& sessions) {
    line("sessions started", sessions.started);
    for (const auto& [reason, count] : sessions.ended)
      line(("sessions ended: " + reason).c_str(), count);
    line("SESSIONS WITHOUT END", sessions.without_end);
    line("SESSIONS WITHOUT START", sessions.without_start);
    line("SESSIONS STARTED OR ENDED TWICE", sessions.started_twice + sessions.ended_twice);
  }

  void print(const Verdict& verdict, const JournalState& journals, std::uint64_t refused,
             std::size_t dead_letters) const {
    std::puts("\nledger");
    line("recorded: track() returned ok", verdict.claimed);
    line("recorded, killed before track() returned", verdict.unclaimed);
    line("acknowledged: highest seq of each install", journals.acknowledged);
    line("in Kafka, each eventId once", verdict.distinct);
    line("duplicates seen, dropped by eventId", verdict.duplicates);
    line("dead letters", dead_letters);
    line("refused by track() and tried again: disk full", refused);
    line("left in the journal", journals.pending);
    line("MISSING", verdict.missing);
    line("INVENTED", verdict.invented);
    line("ONE EVENT WITH TWO IDS", verdict.two_ids);
    line("OUT OF ORDER", verdict.disordered);
    for (std::size_t i = 0; i < kVictims; ++i)
      line((std::string("killed -9: ") + kVictimNames[i]).c_str(), kills_[i]);
    for (const auto& example : verdict.examples) std::printf("  ! %s\n", example.c_str());
  }

  Settings settings_;
  test::TempDirectory work_;
  test::KafkaBroker broker_;
  test::GatewayProcess gateway_;
  Recorder a_, b_;
  std::array<std::uint64_t, kVictims> kills_{};
  std::vector<std::unique_ptr<Keeper>> keepers_;
};

}  // namespace
}  // namespace penstock::oracle

int main(int argc, char** argv) {
  penstock::oracle::Settings settings;
  CLI::App app("Kills everything at random and looks whether an event was lost.");
  app.add_option("--kills", settings.kills, "how many, over all processes")
      ->check(CLI::Range(0, 100'000));
  app.add_option("--seconds", settings.seconds, "the time over which they are spread")
      ->check(CLI::Range(1, 86'400));
  app.add_option("--seed", settings.seed, "repeats the moments of an earlier run");
  app.add_option("--rate", settings.rate, "events a second of each of four threads")
      ->check(CLI::Range(1, 20'000));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return penstock::oracle::Oracle(settings).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "the oracle could not finish: %s\n", error.what());
    return 1;
  }
}
