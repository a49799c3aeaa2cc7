#include "letter_options.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "time_bound.hpp"

namespace penstock::ctl {
namespace {

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

std::function<std::string(const std::string&)> checked_by(
    std::function<void(const std::string&)> parse) {
  return [parse = std::move(parse)](const std::string& text) -> std::string {
    try {
      parse(text);
      return "";
    } catch (const std::exception& fault) {
      return fault.what();
    }
  };
}

LetterFilter filter_of(const LetterOptions& options) {
  LetterFilter filter = options.filter;
  if (!options.since.empty()) filter.since_ms = parse_time_bound(options.since, now_ms());
  if (!options.until.empty()) filter.until_ms = parse_time_bound(options.until, now_ms());
  return filter;
}

void add_letter_options(CLI::App& command, LetterOptions& options) {
  command.add_option("--code", options.filter.codes,
                     "Only of this code; may be repeated, as all below");
  command.add_option("--pointer", options.filter.pointers, "Only with this place in the event");
  command.add_option("--key", options.filter.keys, "Only of this write key, by its id");
  command.add_option("--type", options.filter.types, "Only of this eventType");
  command.add_option("--user", options.filter.users, "Only of this userId");
  const auto is_time = checked_by([](const std::string& text) { parse_time_bound(text, 0); });
  command
      .add_option("--since", options.since,
                  "Only what was rejected at or after this time: 2026-11-28T12:00:00Z, or 30m, 2h, "
                  "7d ago")
      ->check(is_time);
  command.add_option("--until", options.until, "Only what was rejected before this time")
      ->check(is_time);
}

}  // namespace penstock::ctl
