#include "support/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "support/eventually.hpp"

extern char** environ;  // NOLINT: POSIX declares it in no header

namespace penstock::test {
namespace {

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string line = *entry;
    if (!added.contains(line.substr(0, line.find('=')))) merged.push_back(line);
  }
  for (const auto& [name, value] : added) merged.push_back(name + "=" + value);
  return merged;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// What happens in the child between fork and exec. Other threads may have held any lock when the
// test forked, so only system calls here, and nothing that allocates.
[[noreturn]] void become(char** arguments, char** environment, const char* output, int input_end,
                         int output_end, pid_t parent, int failure_pipe) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it died before the line above took effect
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  bool ready = true;
  if (*output != '\0') {
    const int file = open(output, O_WRONLY | O_CREAT | O_APPEND, 0644);
    ready = file >= 0 && dup2(file, STDOUT_FILENO) >= 0 && dup2(file, STDERR_FILENO) >= 0;
    if (file > STDERR_FILENO) close(file);
  }
  if (input_end >= 0) ready = ready && dup2(input_end, STDIN_FILENO) >= 0;
  if (output_end >= 0) ready = ready && dup2(output_end, STDOUT_FILENO) >= 0;
  if (ready) execvpe(arguments[0], arguments, environment);
  const int error = errno;
  [[maybe_unused]] const auto written = write(failure_pipe, &error, sizeof(error));
  _exit(127);
}

pid_t spawn(const Command& command) {
  auto arguments = command.arguments;
  auto environment = merged_environment(command.environment);
  const auto argument_pointers = pointers_to(arguments);
  const auto environment_pointers = pointers_to(environment);
  const std::string output = command.output.string();

  // Closed by a successful exec; carries errno of one that failed.
  std::array<int, 2> failure_pipe{};
  if (pipe2(failure_pipe.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) {
    become(const_cast<char**>(argument_pointers.data()),
           const_cast<char**>(environment_pointers.data()), output.c_str(), command.standard_input,
           command.standard_output, parent, failure_pipe[1]);
  }
  int error = child < 0 ? errno : 0;
  close(failure_pipe[1]);
  if (child > 0 && read(failure_pipe[0], &error, sizeof(error)) > 0) {
    waitpid(child, nullptr, 0);
  }
  close(failure_pipe[0]);
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), "cannot start " + arguments.front());
  }
  return child;
}

}  // namespace

ChildProcess::ChildProcess(const Command& command) : pid_(spawn(command)) {}

ChildProcess::~ChildProcess() { kill(); }

void ChildProcess::reap(int options) {
  if (status_) return;
  int status = 0;
  if (waitpid(pid_, &status, options) != pid_) return;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool ChildProcess::running() {
  reap(WNOHANG);
  return !status_;
}

void ChildProcess::signal(int number) {
  if (running()) ::kill(pid_, number);
}

void ChildProcess::kill() {
  signal(SIGKILL);
  reap(0);
}

std::optional<int> ChildProcess::wait(std::chrono::milliseconds timeout) {
  [[maybe_unused]] const bool ended = eventually([this] { return !running(); }, timeout);
  return status_;
}

}  // namespace penstock::test
