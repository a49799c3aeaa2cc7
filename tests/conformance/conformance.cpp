// Every language does the same: the cases of cases.jsonl, through one gateway into a real Kafka; and
// kill -9 at random while it records.
//
//   penstock-conformance [--kills N] [--speed N] [--seed N] [--case NAME] [language=runner ...]
//
// The runners of C and C++ are always there. Ends with a table, and with 0 if each language has
// passed, 1 if one has not (and says why), 2 for bad arguments.

#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "conformance/case.hpp"
#include "conformance/case_run.hpp"
#include "conformance/kill_run.hpp"
#include "conformance/speed_run.hpp"
#include "support/gateway_process.hpp"
#include "support/kafka_broker.hpp"
#include "support/kafka_reader.hpp"
#include "support/temp_directory.hpp"
#include "support/tree.hpp"

namespace penstock::conformance {
namespace {

struct Settings {
  std::size_t kills = 10;
  std::size_t speed_count = 0;  // 0: nothing is measured
  std::uint64_t seed = std::random_device{}();
  std::string only;  // the name of one case
  std::vector<std::string> runners;
};

struct Language {
  std::string name, runner;
  std::unique_ptr<CaseRun> cases;
  std::unique_ptr<KillRun> kills;
  std::optional<Speed> speed;
  CaseOutcome outcome;
  std::vector<std::string> failures;
};

std::string native_runner(const std::string& language) {
  return test::build_tree() / "tests/conformance" / ("penstock-conformance-" + language);
}

std::vector<Language> languages_of(const Settings& settings) {
  std::vector<Language> languages;
  const auto add = [&](std::string name, std::string runner) {
    Language language;
    language.name = std::move(name);
    language.runner = std::move(runner);
    languages.push_back(std::move(language));
  };
  add("c", native_runner("c"));
  add("c++", native_runner("cpp"));
  for (const auto& named : settings.runners) {
    const auto equals = named.find('=');
    if (equals == std::string::npos) throw CLI::ValidationError(named, "is not language=runner");
    add(named.substr(0, equals), named.substr(equals + 1));
  }
  return languages;
}

// The type of an application's own that the cases record.
void write_schemas(const std::filesystem::path& folder) {
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "Purchase.v2.json")
      << R"({"properties":{"details":{"required":["total"]}},"required":["details"]})";
}

std::vector<test::KafkaRecord> everything(const std::string& bootstrap) {
  std::vector<test::KafkaRecord> all;
  for (const char* topic : {"user-activity", "db-changes", "custom-events"}) {
    for (auto& record : test::read_topic(bootstrap, topic)) all.push_back(std::move(record));
  }
  return all;
}

// Each language on a thread of its own: most of the time they wait.
template <typename Work>
void with_each(std::vector<Language>& languages, Work work) {
  std::vector<std::thread> threads;
  for (Language& language : languages) {
    threads.emplace_back([&language, &work] {
      try {
        work(language);
      } catch (const std::exception& failure) {
        language.failures.push_back(language.name + ": " + failure.what());
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

Json options_for(const test::GatewayProcess& gateway) {
  return {{"endpoint", gateway.base_url()}, {"write_key", gateway.write_key()},
          {"ca_file", gateway.ca_file()},   {"batch_age_max_ms", 10},
          {"retry_delay_min_ms", 10},       {"retry_delay_max_ms", 200}};
}

void measure_each(std::vector<Language>& languages, const test::TempDirectory& work,
                  std::size_t count) {
  // Nobody takes the events, so that nothing but the calls is measured.
  const Json options = {{"endpoint", "https://127.0.0.1:9"}, {"write_key", "pk_speed"}};
  for (Language& language : languages) {
    language.speed = measure(language.runner, languages.front().runner, options,
                             work / ("speed-" + language.name), count);
  }
}

void print_table(const std::vector<Language>& languages, std::size_t cases) {
  std::printf("\n%-10s %14s %12s %10s %10s %10s %12s\n", "language", "cases", "kills", "events",
              "us a call", "above C", "allocations");
  for (const Language& language : languages) {
    std::printf("%-10s %14s %12zu %10llu", language.name.c_str(),
                (std::to_string(language.outcome.passed) + " of " +
                 std::to_string(cases - language.outcome.left_out))
                    .c_str(),
                language.kills->kills(), static_cast<unsigned long long>(language.kills->events()));
    if (language.speed) {
      std::printf(" %10.2f %10.2f", language.speed->us, language.speed->us - language.speed->c_us);
      if (language.speed->allocations) {
        std::printf(" %12.1f", *language.speed->allocations);
      } else {
        std::printf(" %12s", "not counted");
      }
    }
    std::printf("\n");
  }
}

int run(const Settings& settings) {
  auto cases = load_cases(test::source_tree() / "tests/conformance/cases.jsonl");
  if (!settings.only.empty())
    std::erase_if(cases, [&](const Case& of) { return of.name != settings.only; });
  auto languages = languages_of(settings);
  std::printf("%zu languages, %zu cases, %zu kills each, seed %llu\n", languages.size(),
              cases.size(), settings.kills, static_cast<unsigned long long>(settings.seed));
  std::fflush(stdout);

  test::TempDirectory work;
  write_schemas(work / "schemas");
  test::KafkaBroker broker;
  test::GatewayOptions gateway_options;
  gateway_options.brokers = broker.bootstrap();
  gateway_options.environment["PENSTOCK_EVENT_TYPES_SCHEMAS"] = work / "schemas";
  // As the cases do, so that the records show what the SDK has left.
  gateway_options.environment["PENSTOCK_PRIVACY_ALLOW_FIELDS"] = "pin";
  gateway_options.environment["PENSTOCK_PRIVACY_DETECT_IP_ADDRESSES"] = "false";
  test::GatewayProcess gateway(gateway_options);

  const Json options = options_for(gateway);
  with_each(languages, [&](Language& language) {
    language.cases =
        std::make_unique<CaseRun>(language.name, language.runner, options, work / "cases");
    Json kill_options = options;
    kill_options["directory"] = work / ("kills-" + language.name);
    language.kills = std::make_unique<KillRun>(language.name, language.runner, kill_options);
    language.cases->call(cases);
    language.kills->run(settings.kills, settings.seed);
  });
  const auto records = everything(broker.bootstrap());
  bool passed = true;
  for (Language& language : languages) {
    language.outcome = language.cases->compare(cases, records);
    const std::string lost = language.kills->mismatch(records);
    if (!lost.empty()) language.failures.push_back(language.name + ", kills: " + lost);
    for (const auto& failure : language.outcome.failures) language.failures.push_back(failure);
    for (const auto& failure : language.failures) std::printf("FAILED %s\n", failure.c_str());
    passed = passed && language.failures.empty();
  }
  if (settings.speed_count != 0) measure_each(languages, work, settings.speed_count);
  print_table(languages, cases.size());
  return passed ? 0 : 1;
}

}  // namespace
}  // namespace penstock::conformance

int main(int argc, char** argv) {
  penstock::conformance::Settings settings;
  CLI::App app{"Does the same in every language, and compares what lies in Kafka"};
  app.add_option("--kills", settings.kills, "how often each language's runner is killed");
  app.add_option("--speed", settings.speed_count, "events to measure a call with; 0: do not");
  app.add_option("--seed", settings.seed, "of the moments of the kills");
  app.add_option("--case", settings.only, "only this one");
  app.add_option("runners", settings.runners, "language=runner");
  CLI11_PARSE(app, argc, argv);
  signal(SIGPIPE, SIG_IGN);
  try {
    return penstock::conformance::run(settings);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
