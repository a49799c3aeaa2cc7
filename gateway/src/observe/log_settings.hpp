// What the operator decides about the log.
#pragma once

namespace penstock::gateway {

enum class LogSeverity { kDebug, kInfo, kWarning, kError };

struct LogSettings {
  LogSeverity least = LogSeverity::kInfo;
  bool json = true;  // one object a line; else text for people
};

}  // namespace penstock::gateway
