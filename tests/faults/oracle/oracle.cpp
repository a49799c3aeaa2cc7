// Nothing is lost when anything is killed: the recording programs, the gateway and a real broker,
// each with kill -9 at random moments, while events are recorded; then what track() returned is
// compared with what lies in Kafka. With --streams two instances of the Streams application run
// beside them and are killed too, and what they have counted is compared with the events. The
// events hold planted personal data, which must be in no topic, journal, log or page. With --fleet
// there are three gateways behind HAProxy and three brokers, and each process is paused, too.
//
//   penstock-oracle [--streams] [--fleet 3] [--kills N] [--seconds N] [--seed N] [--rate N]
//
// Ends with 0 if every promise was kept, 1 if one was broken (and says which event), 2 for bad
// arguments, 77 if there should be a fleet and HAProxy is not here.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <latch>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "faults/oracle/fleet_side.hpp"
#include "faults/oracle/journal_state.hpp"
#include "faults/oracle/keeper.hpp"
#include "faults/oracle/ledger.hpp"
#include "faults/oracle/recorder_process.hpp"
#include "faults/oracle/report.hpp"
#include "faults/oracle/schedule.hpp"
#include "faults/oracle/session_ledger.hpp"
#include "faults/oracle/streams_side.hpp"
#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/gateway_process.hpp"
#include "support/kafka_broker.hpp"
#include "support/kafka_reader.hpp"
#include "support/leaks/leak_search.hpp"
#include "support/temp_directory.hpp"

namespace penstock::oracle {
namespace {

using namespace std::chrono_literals;

struct Settings {
  std::size_t kills = 40;
  std::int64_t seconds = 90;
  std::uint64_t seed = std::random_device{}();
  std::uint64_t rate = 400;  // events a second, each recording thread
  bool streams = false;
  std::size_t fleet = 0;  // gateways behind HAProxy; 0: one gateway, and nothing before it
};

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
        streams_(settings.streams ? std::make_unique<StreamsSide>(broker_.bootstrap()) : nullptr),
        fleet_(settings.fleet > 0 ? std::make_unique<FleetSide>(broker_) : nullptr),
        gateway_(settings.fleet > 0
                     ? nullptr
                     : std::make_unique<test::GatewayProcess>(make_gateway_options(broker_))),
        a_("A", work_.path(), settings.rate, endpoint()),
        b_("B", work_.path(), settings.rate, endpoint()) {}

  int run() {
    std::printf("seed %llu: %zu kills within %lld s\n",
                static_cast<unsigned long long>(settings_.seed), settings_.kills,
                static_cast<long long>(settings_.seconds));
    std::latch finished(1);
    try {
      if (streams_) streams_->start();
      a_.start();
      b_.start();
      kill_everything(finished);
      test::look_for_leaks_below(work_.path());  // journals are gone once they are drained
      drain();
    } catch (...) {
      release(finished);
      throw;
    }
    const int result = judge();
    if (!test::look_for_leaks_in_every_topic(broker_.bootstrap()))
      throw std::runtime_error("the topics could not be searched for leaks");
    release(finished);
    return result;
  }

 private:
  static test::GatewayOptions make_gateway_options(test::KafkaBroker& broker) {
    test::GatewayOptions options;
    options.brokers = broker.bootstrap();
    return options;
  }

  Endpoint endpoint() const {
    if (fleet_) return fleet_->endpoint();
    return {gateway_->base_url(), gateway_->write_key(), gateway_->ca_file()};
  }

  void release(std::latch& finished) {
    if (!finished.try_wait()) finished.count_down();
    keepers_.clear();
  }

  // Everything that is killed. A broker takes seconds to come back, so it gets fewer than the rest.
  std::vector<Prey> preys() {
    std::vector<Prey> preys{{"recorder A", 28, [this] { a_.kill(); }, [this] { a_.start(); }},
                            {"recorder B", 28, [this] { b_.kill(); }, [this] { b_.start(); }}};
    const auto add = [&](std::vector<Prey> more) {
      for (Prey& prey : more) preys.push_back(std::move(prey));
    };
    if (fleet_) {
      add(fleet_->preys());
    } else {
      preys.push_back(
          {"gateway", 32, [this] { gateway_->kill(); }, [this] { gateway_->restart(); }});
      preys.push_back({"broker", 12, [this] { broker_.kill(); }, [this] { broker_.restart(); }});
    }
    if (streams_) add(streams_->preys());
    return preys;
  }

  void kill_everything(std::latch& finished) {
    const std::vector<Prey> all = preys();
    std::vector<double> weights;
    for (const Prey& prey : all) weights.push_back(prey.weight);
    const Schedule schedule = draw_schedule(
        settings_.kills, std::chrono::seconds(settings_.seconds), settings_.seed, weights);
    std::latch killed(static_cast<std::ptrdiff_t>(all.size()));
    for (std::size_t i = 0; i < all.size(); ++i)
      keepers_.push_back(std::make_unique<Keeper>(all[i], schedule[i], killed, finished));
    show_progress(killed);
    for (const auto& keeper : keepers_) {
      if (!keeper->problem().empty()) throw std::runtime_error(keeper->problem());
      faults_.emplace_back(std::string("killed -9: ") + keeper->name(), keeper->kills());
    }
    if (fleet_) {
      const auto told = fleet_->faults();
      faults_.resize(2);  // of the others it tells what was done to them
      faults_.insert(faults_.end(), told.begin(), told.end());
    }
    a_.kill();
    b_.kill();
    ++faults_[0].second;
    ++faults_[1].second;
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
                                 endpoint().base_url, endpoint().write_key, endpoint().ca_file},
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
    const auto records = read_events();
    for (const auto& record : records) {
      const auto event = nlohmann::json::parse(record.value);
      if (auto session = to_session(event))
        sessions.push_back(*std::move(session));
      else
        seen.push_back(to_seen(record, event));
    }
    const auto dead_letters = test::read_topic(broker_.bootstrap(), "dead-letter").size();
    const Verdict verdict = compare(claims, seen);
    const SessionVerdict session_verdict = compare_sessions(sessions);
    const JournalState journals = inspect_journals(work_ / "journal");
    print(verdict, journals, refused, dead_letters);
    print(session_verdict);
    const bool counted = judge_streams(records);
    const bool kept = verdict.kept() && session_verdict.broken() == 0 && journals.pending == 0 &&
                      dead_letters == 0 && counted;
    std::puts(kept ? "every promise was kept" : "A PROMISE WAS BROKEN");
    return kept ? 0 : 1;
  }

  // By topic, partition and offset.
  std::vector<test::KafkaRecord> read_events() const {
    auto records = test::read_topic(broker_.bootstrap(), "user-activity");
    for (auto& record : test::read_topic(broker_.bootstrap(), "db-changes"))
      records.push_back(std::move(record));
    return records;
  }

  bool judge_streams(const std::vector<test::KafkaRecord>& records) {
    if (!streams_) return true;
    const StreamsSide::Result result = streams_->judge(records);
    oracle::print(result);
    return result.kept();
  }

  static void print(const SessionVerdict& sessions) {
    line("sessions started", sessions.started);
    for (const auto& [reason, count] : sessions.ended) line("sessions ended: " + reason, count);
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
    for (const auto& [name, count] : faults_) line(name, count);
    for (const auto& example : verdict.examples) std::printf("  ! %s\n", example.c_str());
  }

  Settings settings_;
  test::TempDirectory work_;
  test::KafkaBroker broker_;
  std::unique_ptr<StreamsSide> streams_;           // nothing without --streams
  std::unique_ptr<FleetSide> fleet_;               // nothing without --fleet
  std::unique_ptr<test::GatewayProcess> gateway_;  // nothing with --fleet
  RecorderProcess a_, b_;
  std::vector<std::pair<std::string, std::uint64_t>> faults_;
  std::vector<std::unique_ptr<Keeper>> keepers_;
};

// Of what the recorders plant, once everything has ended.
bool nothing_leaked() {
  const auto leaks = test::take_leaks();
  std::fputs(test::to_string(leaks).c_str(), stdout);
  std::puts(leaks.empty() ? "no planted value was found" : "PERSONAL DATA LEAKED");
  return leaks.empty();
}

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
  app.add_option("--fleet", settings.fleet,
                 "so many gateways behind HAProxy, each process also paused for seconds")
      ->check(CLI::IsMember({penstock::test::Fleet::kGateways}));
  app.add_flag("--streams", settings.streams,
               "run, kill and judge the Streams application (samples/kafka_streams) too");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (settings.fleet > 0 && !penstock::test::haproxy_is_here()) {
    std::puts("skipped: HAProxy is not here; scripts/setup --test installs it");
    return 77;
  }
  try {
    penstock::test::watch_for_leaks();
    const int result = penstock::oracle::Oracle(settings).run();
    return penstock::oracle::nothing_leaked() ? result : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "the oracle could not finish: %s\n", error.what());
    return 1;
  }
}
