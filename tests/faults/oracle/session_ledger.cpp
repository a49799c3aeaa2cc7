#include "faults/oracle/session_ledger.hpp"

#include <set>

namespace penstock::oracle {

SessionVerdict compare_sessions(const std::vector<SessionRecord>& records) {
  struct Counts {
    std::uint64_t starts = 0, ends = 0;
  };
  SessionVerdict verdict;
  std::map<std::string, Counts> sessions;
  std::set<std::string> seen;
  for (const SessionRecord& record : records) {
    if (!seen.insert(record.event_id).second) continue;  // sent twice is one event
    Counts& counts = sessions[record.session_id];
    if (record.end_reason.empty()) {
      ++counts.starts;
    } else {
      ++counts.ends;
      ++verdict.ended[record.end_reason];
    }
  }
  for (const auto& [id, counts] : sessions) {
    verdict.started += counts.starts != 0 ? 1 : 0;
    verdict.without_end += counts.ends == 0 ? 1 : 0;
    verdict.without_start += counts.starts == 0 ? 1 : 0;
    verdict.started_twice += counts.starts > 1 ? 1 : 0;
    verdict.ended_twice += counts.ends > 1 ? 1 : 0;
  }
  return verdict;
}

}  // namespace penstock::oracle
