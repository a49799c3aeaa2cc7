#include "support/streams_process.hpp"

#include <signal.h>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "support/eventually.hpp"
#include "support/free_port.hpp"
#include "support/http_client.hpp"
#include "support/tree.hpp"

namespace penstock::test {
namespace {

constexpr std::chrono::seconds kStreamsStartTimeout{90};
constexpr std::chrono::seconds kStreamsStopTimeout{60};
constexpr std::size_t kStreamsLogEndBytes = 6000;

std::string streams_class_path() {
  const auto jars = build_tree() / "samples/kafka_streams/lib";
  if (!std::filesystem::exists(jars)) {
    throw std::runtime_error("the Streams application is not in " + jars.string() +
                             "; `ctest --preset release -R '^Streams.Build$'` builds it");
  }
  return (jars / "*").string();
}

}  // namespace

StreamsProcess::StreamsProcess(StreamsOptions options)
    : options_(std::move(options)), port_(free_port()) {
  write_settings();
}

void StreamsProcess::write_settings() const {
  std::map<std::string, std::string> settings{
      {"bootstrap.servers", options_.brokers},
      {"application.id", "penstock-streams"},
      {"state.dir", state().string()},
      {"consumer.group.instance.id", options_.instance},
      {"consumer.session.timeout.ms", "6000"},
      {"replication.factor", "1"},
      {"penstock.status.port", std::to_string(port_)},
  };
  for (const auto& [name, value] : options_.settings) settings[name] = value;
  std::ofstream file(settings_file());
  for (const auto& [name, value] : settings) file << name << "=" << value << "\n";
}

void StreamsProcess::set(const std::string& name, const std::string& value) {
  options_.settings[name] = value;
  write_settings();
}

Command StreamsProcess::command(const std::vector<std::string>& arguments) const {
  // Each start unpacks a library of Java's into its folder for such, which kill -9 leaves behind.
  const auto unpacked = directory_ / "unpacked";
  std::filesystem::remove_all(unpacked);
  std::filesystem::create_directory(unpacked);
  Command java{.arguments = {"java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                             "-Djava.io.tmpdir=" + unpacked.string(), "-cp", streams_class_path(),
                             "penstock.streams.Main"},
               .environment = {},
               .output = directory_ / "streams.log"};
  java.arguments.insert(java.arguments.end(), arguments.begin(), arguments.end());
  return java;
}

void StreamsProcess::start() {
  process_ = std::make_unique<ChildProcess>(command({"run", settings_file()}));
}

std::string StreamsProcess::reset(const std::string& from) {
  ChildProcess reset(command({"reset", settings_file(), "--from", from}));
  if (reset.wait(kEndTimeout) != 0) throw std::runtime_error("no reset:\n" + log_end());
  return log_end();
}

void StreamsProcess::wait_until_ready() {
  const HttpClient status(status_url());
  const bool ready = eventually([&] { return !running() || status.get("/readyz").status == 200; },
                                kStreamsStartTimeout);
  if (!ready || !running()) {
    throw std::runtime_error("the Streams application \"" + options_.instance +
                             "\" does not become ready:\n" + log_end());
  }
}

void StreamsProcess::kill() { process_->kill(); }

void StreamsProcess::stop() {
  process_->signal(SIGTERM);
  const auto status = process_->wait(kStreamsStopTimeout);
  if (status != 0) {
    throw std::runtime_error("the Streams application \"" + options_.instance + "\" " +
                             (status ? "ended with " + std::to_string(*status) : "did not stop") +
                             ":\n" + log_end());
  }
}

void StreamsProcess::lose_state() { std::filesystem::remove_all(state()); }

std::string StreamsProcess::status_url() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

std::string StreamsProcess::log_end() const {
  std::ifstream file(directory_ / "streams.log");
  const std::string log{std::istreambuf_iterator<char>(file), {}};
  return log.size() <= kStreamsLogEndBytes ? log : log.substr(log.size() - kStreamsLogEndBytes);
}

}  // namespace penstock::test
