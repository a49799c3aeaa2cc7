// One instance of samples/kafka_streams, a process of Java, its files in a temporary folder.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/child_process.hpp"
#include "support/temp_directory.hpp"

namespace penstock::test {

struct StreamsOptions {
  std::string brokers;
  std::string instance = "one";  // its name in the group: no two that run at once have the same
  // Any other of the application's or Kafka Streams' settings.
  std::map<std::string, std::string> settings;
};

// The application is what ctest's Streams.Build has put into the build tree. Every function that
// starts or waits throws std::runtime_error with the end of its log.
// One thread at a time; the process ends with the thread that started it (child_process.hpp).
class StreamsProcess {
 public:
  explicit StreamsProcess(StreamsOptions options);  // starts nothing yet

  // Again on the same port and state. Waits for nothing: the broker may be away.
  void start();
  // Until each task of this instance runs.
  void wait_until_ready();
  bool running() { return process_ != nullptr && process_->running(); }

  // Another value from the next start on.
  void set(const std::string& name, const std::string& value);
  // What `penstock-streams reset` has written; throws if the command does not end with 0. Only while
  // no instance runs. `from`: as 2026-11-28T12:00:00Z.
  std::string reset(const std::string& from);

  // The exit status of a run that is expected to end by itself; nothing if it goes on.
  std::optional<int> wait() { return process_->wait(kEndTimeout); }
  void kill();  // SIGKILL, and waits for the end
  void stop();  // SIGTERM, and waits until it has ended with 0
  // Deletes what it keeps on disk, as the loss of a machine does. Only while it does not run.
  void lose_state();

  std::string status_url() const;  // http://127.0.0.1:port
  std::string log_end() const;     // of all its runs

 private:
  void write_settings() const;
  std::string settings_file() const { return directory_ / "streams.properties"; }
  std::filesystem::path state() const { return directory_ / "state"; }

  static constexpr std::chrono::seconds kEndTimeout{90};
  Command command(const std::vector<std::string>& arguments) const;

  StreamsOptions options_;
  TempDirectory directory_;
  const std::uint16_t port_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace penstock::test
