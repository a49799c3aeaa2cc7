#include "session/killed_session.hpp"

#include <algorithm>

#include "session/masked_event.hpp"
#include "wire/event_type.hpp"

namespace penstock::session {
namespace {

// Whether the event that was being appended is there: decided once, and kept, so that it is still
// known when later events have been settled.
void resolve(SessionFile& file, journal::Journal& journal) {
  const Phase phase = file.phase();
  if (phase != Phase::kStarting && phase != Phase::kEnding) return;
  const bool is_there = journal.reader().has_recorded(file.announced().load());
  if (phase == Phase::kStarting) {
    if (is_there)
      file.started();
    else
      file.ended();
  } else if (is_there) {
    file.ended();
  } else {
    file.stay_open();
  }
}

std::optional<SessionFile> open_in(const std::filesystem::path& slot) {
  const auto folder = platform::Folder::open(slot);
  if (!folder) return std::nullopt;
  return SessionFile::open_if_there(*folder);
}

}  // namespace

Status append_session_end(SessionFile& file, journal::Journal& journal, EndReason reason,
                          std::int64_t now_unix_ms, std::int64_t now_steady_ms,
                          const privacy::RuleSet* rules) {
  const bool ends_now = reason == EndReason::kClosed;
  const std::int64_t steady_ms = ends_now ? now_steady_ms : file.active_at_steady_ms();
  const std::uint64_t last_seq = journal.last_seq();
  const SessionEnd end{
      .at_unix_ms = ends_now ? now_unix_ms : file.active_at_unix_ms(),
      .duration = std::chrono::milliseconds(steady_ms - file.started_at_steady_ms()),
      .events = last_seq - std::min(last_seq, file.start_seq()),
      .reason = reason};
  char buffer[kSessionEventBytesMax];
  wire::JsonWriter out(buffer, sizeof buffer);
  write_session_end(file.who(), end, out);
  const MaskedEvent masked(rules, out.text());
  file.begin_end();
  const journal::RecordInfo info(
      wire::TypeId::kSessionEnd,
      static_cast<std::uint32_t>(std::max<std::int64_t>(0, end.at_unix_ms / 1000)));
  const journal::AppendResult appended =
      journal.writer().append(masked.text(), info, &file.announced());
  if (appended.code != StatusCode::kOk) {
    file.stay_open();
    return {appended.code, {}};
  }
  file.ended();
  return {};
}

Status end_killed_session(SessionFile& file, journal::Journal& journal,
                          const privacy::RuleSet* rules) {
  resolve(file, journal);
  if (file.phase() == Phase::kNone) return {};
  return append_session_end(file, journal, EndReason::kKilled, 0, 0, rules);
}

std::uint64_t end_killed_session(const std::filesystem::path& slot, journal::Journal& journal,
                                 const privacy::RuleSet* rules) {
  auto file = open_in(slot);
  if (!file) return 0;
  const std::uint64_t before = journal.last_seq();
  static_cast<void>(end_killed_session(*file, journal, rules));
  return journal.last_seq() - before;
}

void forget_session(const std::filesystem::path& slot) {
  if (auto file = open_in(slot)) file->ended();
}

}  // namespace penstock::session
