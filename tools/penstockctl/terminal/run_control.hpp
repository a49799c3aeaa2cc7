// A long run as a person sees it: its pace, its progress, and Ctrl-C.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace penstock::ctl {

// From here on SIGINT and SIGTERM are noted, so that a run ends at the next good moment. A second
// one ends the process at once, which loses nothing either.
void note_interrupts();
bool interrupted() noexcept;

// Thrown by a run that was stopped. What it has done is done. main() ends with 130.
struct Interrupted {
  std::string text;  // how far it is, and how to go on
};

// "12,000 of 1,630,000 (0.7 %), 2,000 a second, 14 min left". Pure.
std::string progress_text(std::int64_t done, std::int64_t total, std::chrono::nanoseconds elapsed);

// "1,630,000"
std::string with_commas(std::uint64_t number);

// "1 letter", "2 letters", "1,630 letters"
std::string counted(std::uint64_t number, const std::string& noun);

// Keeps to so many a second, and tells the progress: once a second in one line of a terminal, else a
// line every ten seconds, on the standard error. One thread at a time.
class RunControl {
 public:
  using Clock = std::chrono::steady_clock;

  explicit RunControl(double per_second_max);  // 0: no limit
  ~RunControl();
  RunControl(const RunControl&) = delete;
  RunControl& operator=(const RunControl&) = delete;

  // One more has been done. Returns how long to wait until the next one is due.
  std::chrono::nanoseconds paced();
  void tell(std::int64_t done, std::int64_t total);

 private:
  const double per_second_max_;
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point due_ = begin_;  // when the next one may be done
  const bool terminal_;
  const std::chrono::seconds between_{terminal_ ? 1 : 10};
  Clock::time_point next_told_ = begin_ + between_;
  bool line_open_ = false;
};

}  // namespace penstock::ctl
