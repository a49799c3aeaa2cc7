// The end of a session whose process was killed.
#pragma once

#include <cstdint>
#include <filesystem>

#include "journal/journal.hpp"
#include "penstock/status.hpp"
#include "privacy/rule_set.hpp"
#include "session/session_file.hpp"

namespace penstock::session {

// For who has locked the slot that `file` and `journal` are in, and has appended nothing yet: if a
// session is open there, records its end at its last activity. Exactly once, also if this process
// is killed in the middle and another one calls it again. Fails as Writer::append() does; then the
// session is still to be ended, and the call can be repeated at any time.
// `rules` for paths apply to the event; nullptr: none.
Status end_killed_session(SessionFile& file, journal::Journal& journal,
                          const privacy::RuleSet* rules = nullptr);
// The same in the slot's folder, where there may be no session. Returns how many events that has
// recorded. What fails is tried again when the slot is taken next.
std::uint64_t end_killed_session(const std::filesystem::path& slot, journal::Journal& journal,
                                 const privacy::RuleSet* rules = nullptr);

// A session that is open in the slot's folder ends without an event.
void forget_session(const std::filesystem::path& slot);

// Appends the end of an open session, and closes the file. `reason` kKilled or kIdle: at its last
// activity; kClosed: now. The caller has the file for itself. Fails as Writer::append() does; then
// the session is as it was.
Status append_session_end(SessionFile& file, journal::Journal& journal, EndReason reason,
                          std::int64_t now_unix_ms, std::int64_t now_steady_ms,
                          const privacy::RuleSet* rules = nullptr);

}  // namespace penstock::session
