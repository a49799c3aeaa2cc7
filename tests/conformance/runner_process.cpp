#include "conformance/runner_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

#include "support/eventually.hpp"

namespace penstock::conformance {

RunnerProcess::RunnerProcess(const std::string& program) : program_(program) {
  int input[2], output[2];
  if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0) fail("no pipe");
  to_ = input[1];
  from_ = output[0];
  test::Command command{{program}, {}, {}};
  command.standard_input = input[0];
  command.standard_output = output[1];
  process_ = std::make_unique<test::ChildProcess>(command);
  close(input[0]);
  close(output[1]);
  const auto line = read(test::kPatience);
  if (!line) fail("ended without a greeting");
  greeting_ = Json::parse(*line);
}

RunnerProcess::~RunnerProcess() {
  close(to_);
  close(from_);
}

void RunnerProcess::fail(const std::string& what) const {
  throw std::runtime_error(program_ + ": " + what);
}

void RunnerProcess::write(const Json& request) {
  const std::string line = request.dump() + "\n";
  for (std::size_t written = 0; written < line.size();) {
    const ssize_t now = ::write(to_, line.data() + written, line.size() - written);
    if (now < 0) fail("takes no request; it has ended");
    written += static_cast<std::size_t>(now);
  }
}

std::optional<std::string> RunnerProcess::read(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    if (const auto end = unread_.find('\n'); end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd readable{from_, POLLIN, 0};
    if (left.count() <= 0 || poll(&readable, 1, static_cast<int>(left.count())) == 0)
      fail("does not answer");
    char buffer[65536];
    const ssize_t count = ::read(from_, buffer, sizeof buffer);
    if (count == 0) return std::nullopt;
    if (count > 0) unread_.append(buffer, static_cast<std::size_t>(count));
  }
}

Json RunnerProcess::ask(const Json& request, std::chrono::milliseconds timeout) {
  write(request);
  const auto line = read(timeout);
  if (!line) fail("ended without an answer to " + request.dump().substr(0, 200));
  return Json::parse(*line);
}

void RunnerProcess::kill() { process_->kill(); }

void RunnerProcess::end() {
  close(to_);
  to_ = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const auto status = process_->wait(test::kPatience);
  if (status != 0)
    fail("ended with status " + (status ? std::to_string(*status) : std::string("none: it hangs")));
}

}  // namespace penstock::conformance
