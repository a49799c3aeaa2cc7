// A language's runner: a process that is asked line by line (docs/bindings.md).
#pragma once

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "support/child_process.hpp"

namespace penstock::conformance {

using Json = nlohmann::json;

// One thread at a time, and the process ends with the thread that started it (child_process.hpp).
// Functions throw std::runtime_error that names the program.
class RunnerProcess {
 public:
  // Starts `program` and reads its greeting.
  explicit RunnerProcess(const std::string& program);
  ~RunnerProcess();
  RunnerProcess(const RunnerProcess&) = delete;
  RunnerProcess& operator=(const RunnerProcess&) = delete;

  const Json& greeting() const { return greeting_; }

  void write(const Json& request);
  // The next line; nothing at the end of its output. Throws if none comes within `timeout`.
  std::optional<std::string> read(std::chrono::milliseconds timeout);
  Json ask(const Json& request, std::chrono::milliseconds timeout);

  void kill();
  // Ends its input, and waits. Throws unless it ends with status 0.
  void end();

 private:
  [[noreturn]] void fail(const std::string& what) const;

  const std::string program_;
  int to_ = -1, from_ = -1;
  std::string unread_;
  std::unique_ptr<test::ChildProcess> process_;
  Json greeting_;
};

}  // namespace penstock::conformance
