#include "run_control.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <iostream>

namespace penstock::ctl {
namespace {

volatile std::sig_atomic_t g_interrupted = 0;

std::string time_left(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::ceil(seconds));
  if (whole < 120) return std::to_string(whole) + " s left";
  if (whole < 7200) return std::to_string((whole + 59) / 60) + " min left";
  return std::to_string((whole + 3599) / 3600) + " h left";
}

}  // namespace

void note_interrupts() {
  struct sigaction action{};
  action.sa_handler = [](int) { g_interrupted = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() noexcept { return g_interrupted != 0; }

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

std::string counted(std::uint64_t number, const std::string& noun) {
  return with_commas(number) + ' ' + noun + (number == 1 ? "" : "s");
}

std::string progress_text(std::int64_t done, std::int64_t total, std::chrono::nanoseconds elapsed) {
  const double seconds = std::chrono::duration<double>(elapsed).count();
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  std::array<char, 16> share{};
  std::snprintf(share.data(), share.size(), "%.1f %%",
                total > 0 ? 100.0 * static_cast<double>(done) / static_cast<double>(total) : 100.0);
  std::string text = with_commas(static_cast<std::uint64_t>(done)) + " of " +
                     with_commas(static_cast<std::uint64_t>(total)) + " (" + share.data() + "), " +
                     with_commas(static_cast<std::uint64_t>(rate)) + " a second";
  if (rate > 0) text += ", " + time_left(static_cast<double>(total - done) / rate);
  return text;
}

RunControl::RunControl(double per_second_max)
    : per_second_max_(per_second_max), terminal_(isatty(STDERR_FILENO) == 1) {}

RunControl::~RunControl() {
  if (line_open_) std::cerr << '\n';
}

std::chrono::nanoseconds RunControl::paced() {
  if (per_second_max_ <= 0) return {};
  // A sleep that was too long is made up for, a time without anything to do is not.
  constexpr std::chrono::milliseconds kMadeUp{100};
  constexpr double kLongestS = 86'400;
  const std::chrono::duration<double> between(std::min(1 / per_second_max_, kLongestS));
  const auto now = Clock::now();
  due_ = std::max(due_, now - kMadeUp) + std::chrono::duration_cast<Clock::duration>(between);
  return std::max<std::chrono::nanoseconds>(due_ - now, std::chrono::nanoseconds::zero());
}

void RunControl::tell(std::int64_t done, std::int64_t total) {
  const auto now = Clock::now();
  if (now < next_told_) return;
  next_told_ = now + between_;
  if (terminal_) std::cerr << '\r';
  std::cerr << progress_text(done, total, now - begin_) << (terminal_ ? "\x1b[K" : "\n");
  std::cerr.flush();
  line_open_ = terminal_;
}

}  // namespace penstock::ctl
