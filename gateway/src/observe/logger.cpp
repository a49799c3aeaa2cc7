#include "logger.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>

#include "wall_clock.hpp"
#include "wire/json_writer.hpp"
#include "wire/timestamp.hpp"

namespace penstock::gateway {
namespace {

std::string_view name_of(LogSeverity severity) {
  switch (severity) {
    case LogSeverity::kDebug:
      return "debug";
    case LogSeverity::kInfo:
      return "info";
    case LogSeverity::kWarning:
      return "warning";
    case LogSeverity::kError:
      return "error";
  }
  return "error";
}

// Long enough for every line of ours; what is longer loses its last fields, never its form.
constexpr std::size_t kLineBytesMax = 4096;

void write_value(wire::JsonWriter& out, const LogField& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) return out.string(*text);
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) return out.number(*number);
  out.boolean(std::get<bool>(field.value));
}

void write_json(wire::JsonWriter& out, std::string_view time, LogSeverity severity,
                std::string_view message, Logger::Fields fields) {
  out.raw(R"({"time":")");
  out.raw(time);
  out.raw(R"(","level":")");
  out.raw(name_of(severity));
  out.raw(R"(","message":)");
  out.string(message);
  for (const auto& field : fields) {
    out.raw(',');
    out.string(field.name);
    out.raw(':');
    write_value(out, field);
  }
}

void write_text(wire::JsonWriter& out, std::string_view time, LogSeverity severity,
                std::string_view message, Logger::Fields fields) {
  constexpr std::string_view kPadding = "        ";
  out.raw(time);
  out.raw(' ');
  out.raw(name_of(severity));
  out.raw(kPadding.substr(name_of(severity).size()));
  out.string_part(message);  // escaped: a message cannot begin a line of its own
  for (const auto& field : fields) {
    out.raw(' ');
    out.string_part(field.name);
    out.raw('=');
    write_value(out, field);
  }
}

}  // namespace

std::string format_log_line(bool json, LogSeverity severity, std::string_view message,
                            Logger::Fields fields, std::int64_t unix_milliseconds) {
  char time[wire::kTimestampBytes];
  wire::format_timestamp(unix_milliseconds, time);
  char line[kLineBytesMax];
  wire::JsonWriter out(line, sizeof line - 1);
  const auto write = json ? write_json : write_text;
  write(out, {time, sizeof time}, severity, message, fields);
  if (out.overflowed()) {
    out = wire::JsonWriter(line, sizeof line - 1);
    write(out, {time, sizeof time}, severity, message.substr(0, kLineBytesMax / 8), {});
  }
  std::string text(out.text());
  if (json) text += '}';
  return text;
}

struct Logger::Sink {
  spdlog::logger log{"gateway", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
};

Logger::Logger(const LogSettings& settings)
    : least_(settings.least), json_(settings.json), sink_(std::make_unique<Sink>()) {
  sink_->log.set_pattern("%v");
  sink_->log.set_level(spdlog::level::trace);
}

Logger::~Logger() = default;

void Logger::write(LogSeverity severity, std::string_view message, Fields fields) const {
  if (severity < least_.load(std::memory_order_relaxed)) return;
  sink_->log.info(format_log_line(json_, severity, message, fields, unix_milliseconds_now()));
}

void Logger::debug(std::string_view message, Fields fields) const {
  write(LogSeverity::kDebug, message, fields);
}
void Logger::info(std::string_view message, Fields fields) const {
  write(LogSeverity::kInfo, message, fields);
}
void Logger::warning(std::string_view message, Fields fields) const {
  write(LogSeverity::kWarning, message, fields);
}
void Logger::error(std::string_view message, Fields fields) const {
  write(LogSeverity::kError, message, fields);
}

}  // namespace penstock::gateway
