// Until when a gateway wants to be left alone (Retry-After), kept on disk, so that a program that
// is started again does not ask sooner. The need: a tool that runs for a second at a time, on
// thousands of machines, would else ask an overloaded gateway at each start, and Retry-After would
// mean nothing to it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "platform/mapped_file.hpp"

namespace penstock::transport {

// The file `retry-after` of a folder: one mapped word for each gateway, so that a kill leaves the
// old one or the new one. By the wall clock, which alone goes on while no program runs. One thread
// at a time; several processes may share the file.
class RetryAfterFile {
 public:
  // Where no file can be made nothing is kept, and events are sent as if nobody had asked: what it
  // holds is a courtesy, for which no open may fail.
  RetryAfterFile(const std::filesystem::path& directory, std::string_view host_and_port);

  // No allocation, no system call.
  void keep(std::int64_t until_unix_ms) noexcept;

  // What is left at `now_unix_ms`; at most kRetryAfterMax, counted from the first such question: a
  // clock that was set back must not silence a program that is started often.
  std::chrono::milliseconds left(std::int64_t now_unix_ms) noexcept;

 private:
  std::optional<platform::MappedFile> file_;
  const std::uint32_t gateway_;
};

}  // namespace penstock::transport
