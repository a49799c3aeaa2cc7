// What a client would record, without one.

#include <chrono>
#include <memory>
#include <new>
#include <string>

#include "client/event_rules.hpp"
#include "client/options_check.hpp"
#include "consent/hash_salt.hpp"
#include "event/event_encoder.hpp"
#include "penstock/penstock.hpp"
#include "platform/clock.hpp"
#include "privacy/masked_text.hpp"
#include "wire/json_writer.hpp"

namespace penstock {
namespace {

// As Recorder::track().
Result<std::string> encoded(const Options& options, const Event& event) {
  if (Status status = check_event_options(options); !status) return status;
  if (EventEncoder::lacks_memory(event)) return Status(StatusCode::kOutOfMemory, {});
  if (EventEncoder::is_too_large(event)) return too_large_event(options.event_bytes_max);
  auto given = rule_options(options);
  if (!given) return given.status();
  static const std::string salt = consent::random_salt();
  given->salt = salt;
  const privacy::RuleSet rules(*given);
  const EventTypes types(options.event_types);
  const Identity::Snapshot nobody{};
  const auto buffer = std::make_unique_for_overwrite<char[]>(options.event_bytes_max);
  wire::JsonWriter out(buffer.get(), options.event_bytes_max);
  const EventEncoder::Encoded written =
      EventEncoder(rules, types)
          .encode(event, nobody, platform::system_time().unix_milliseconds(), out);
  if (written.problem) return Status(StatusCode::kInvalidEvent, written.problem.text());
  if (out.overflowed()) return too_large_event(options.event_bytes_max);
  return std::string(out.text());
}

}  // namespace

std::string preview_text(const Options& options, std::string_view text) noexcept try {
  const auto rules = rule_options(options);
  return rules ? privacy::masked_text(privacy::RuleSet(*rules), text) : std::string();
} catch (...) {
  return {};
}

Result<std::string> preview(const Options& options, const Event& event) noexcept try {
  return encoded(options, event);
} catch (const std::bad_alloc&) {
  return Status(StatusCode::kOutOfMemory, {});
} catch (...) {
  return Status(StatusCode::kInternal, {});
}

}  // namespace penstock
