#include "transport/reports.hpp"

#include "platform/callback_scope.hpp"

namespace penstock::transport {

Reports::Said& Reports::said(std::string_view code) {
  for (Said& each : said_) {
    if (each.code == code) return each;
  }
  return said_.emplace_back(Said{.code = code, .next = {}, .untold = 0});
}

void Reports::say(LogLevel level, const char* code, std::string_view text) noexcept try {
  if (!log_) return;
  Said& said = this->said(code);
  const platform::Clock::time_point now = time_.now();
  if (now < said.next) {
    ++said.untold;
    return;
  }
  said.next = now + kInterval;
  std::string line(text);
  if (said.untold != 0) line += " (and " + std::to_string(said.untold) + " more since the last)";
  said.untold = 0;
  const platform::CallbackScope inside;
  log_(level, code, line);
} catch (...) {  // the program's, or no memory: nobody to tell
}

}  // namespace penstock::transport
