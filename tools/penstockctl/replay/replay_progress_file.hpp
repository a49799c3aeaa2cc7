// How far a replay to a file is: FILE.progress, beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "replay_state.hpp"

namespace penstock::ctl {

// One thread at a time.
class ReplayProgressFile {
 public:
  struct Progress {
    ReplayState state;
    std::int64_t bytes = 0;  // of the file; what is behind them does not count
  };

  explicit ReplayProgressFile(const std::string& file) : path_(file + ".progress") {}
  const std::string& path() const noexcept { return path_; }

  // Nothing if there is none. Throws std::runtime_error if it cannot be read, or is none.
  std::optional<Progress> read() const;
  // All of it is there and will last, or what was there before. Throws std::runtime_error.
  void write(const Progress& progress) const;
  void remove() const;

 private:
  const std::string path_;
};

}  // namespace penstock::ctl
