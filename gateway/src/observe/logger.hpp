// What the gateway says on standard error: a line when a state changes; one for each refused
// request at debug level alone, and never one for an event.
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "log_settings.hpp"

namespace penstock::gateway {

struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, bool> value;
};

// Any thread. Never give it a payload or a key.
//
// JSON: {"time":"…Z","level":"info","message":"listening","port":8443}
// Text: 2024-12-08T12:34:56.789Z info    listening port=8443
class Logger {
 public:
  using Fields = std::initializer_list<LogField>;

  explicit Logger(const LogSettings& settings);
  ~Logger();

  // From now on lines below `least` are left out.
  void set_least(LogSeverity least) noexcept { least_.store(least, std::memory_order_relaxed); }

  void debug(std::string_view message, Fields fields = {}) const;
  void info(std::string_view message, Fields fields = {}) const;
  void warning(std::string_view message, Fields fields = {}) const;
  void error(std::string_view message, Fields fields = {}) const;

 private:
  void write(LogSeverity severity, std::string_view message, Fields fields) const;

  struct Sink;
  std::atomic<LogSeverity> least_;
  const bool json_;
  std::unique_ptr<Sink> sink_;
};

// One line without its end, as Logger writes it.
std::string format_log_line(bool json, LogSeverity severity, std::string_view message,
                            Logger::Fields fields, std::int64_t unix_milliseconds);

}  // namespace penstock::gateway
