// A program that a test starts, kills and waits for.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace penstock::test {

struct Command {
  std::vector<std::string> arguments;              // the first is the program, looked up in PATH
  std::map<std::string, std::string> environment;  // added to the test's own
  std::filesystem::path output;  // gets stdout and stderr, appended; empty: those of the test
  // Descriptors that become the process's stdin and stdout, for example ends of pipes; -1: those of
  // the test, or `output`.
  int standard_input = -1, standard_output = -1;
};

// Killed and reaped at the end of its scope, and killed by the kernel when the thread that started
// it ends, so that no run leaves a process behind: start it from a thread that lives long enough.
// One thread at a time.
class ChildProcess {
 public:
  explicit ChildProcess(const Command& command);  // throws std::system_error
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool running();

  // Does nothing once the process has ended.
  void signal(int number);
  // kill -9, and waits until the process is gone, its ports and locks with it.
  void kill();

  // The exit status as a shell shows it (128 + signal number when a signal ended it), or nothing
  // when the process still runs after `timeout`.
  std::optional<int> wait(std::chrono::milliseconds timeout);

 private:
  void reap(int options);

  pid_t pid_;
  std::optional<int> status_;
};

}  // namespace penstock::test
