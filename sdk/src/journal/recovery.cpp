#include "journal/recovery.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

namespace penstock::journal {
namespace {

constexpr std::string_view kExtension = ".seg";

// The next whole entry behind something torn. Records lie on borders of eight bytes, and a torn one
// took at least a header's room.
std::size_t find_next(const Segment& segment, std::size_t offset, std::uint64_t seq_min) {
  const std::size_t begin = offset + record_bytes(0);
  for (std::size_t at = begin; at + sizeof(RecordHeader) <= segment.size();
       at += kRecordAlignment) {
    if (segment.verified_at(at, seq_min).kind != Segment::Kind::kNothing) return at;
  }
  return 0;
}

// Walks a segment's records and repairs it on the way.
class Scan {
 public:
  Scan(RecoveredSegment& found, std::uint64_t settled_seq, RecoveryReport& report)
      : found_(found), settled_seq_(settled_seq), report_(report) {}

  void run() {
    Segment& segment = found_.segment;
    std::uint64_t seq_min = segment.base_seq();
    for (;;) {
      const Segment::Entry entry = segment.verified_at(found_.end, seq_min);
      if (entry.kind == Segment::Kind::kNothing) {
        const std::size_t next = find_next(segment, found_.end, seq_min);
        if (next == 0) break;
        segment.skip(found_.end, next);
        ++report_.torn_records;
        continue;
      }
      if (entry.kind == Segment::Kind::kRecord) {
        found_.last_seq = entry.seq;
        seq_min = entry.seq + 1;
      }
      found_.end = entry.end;
    }
    // At least one was torn there; more cannot be told apart.
    if (segment.clear_from(found_.end)) ++report_.torn_records;
    if (found_.last_seq == 0 && found_.end > kFirstRecord) begin_again();
    judge_acknowledgement();
    count_pending();
  }

 private:
  // One of a record that the file neither has nor could have had is damaged. It is forgotten for
  // good, since a file that grows could have had more; sending twice is safe.
  void judge_acknowledgement() {
    Segment& segment = found_.segment;
    const std::uint64_t numbers = segment.size() / sizeof(RecordHeader);
    const std::uint64_t most = std::max(found_.last_seq, segment.base_seq() + numbers - 1);
    const std::uint64_t seq = segment.acknowledged_seq();
    if (seq < segment.base_seq() || seq > most) segment.set_acknowledged_seq(0);
    const std::uint64_t settled = std::min(settled_seq_, found_.last_seq);
    if (settled > segment.acknowledged_seq() && settled >= segment.base_seq())
      segment.set_acknowledged_seq(settled);
  }

  // A segment of skipped entries alone has given no number. Were it full of them, the next one
  // would get the same first number, and with it the same name.
  void begin_again() {
    found_.end = kFirstRecord;
    static_cast<void>(found_.segment.clear_from(found_.end));
  }

  void count_pending() {
    const Segment& segment = found_.segment;
    for (std::size_t offset = kFirstRecord; offset < found_.end;) {
      const Segment::Entry entry = segment.at(offset);
      if (entry.kind == Segment::Kind::kRecord && entry.seq > segment.acknowledged_seq())
        ++found_.pending;
      offset = entry.end;
    }
  }

  RecoveredSegment& found_;
  const std::uint64_t settled_seq_;  // as the ledger has it
  RecoveryReport& report_;
};

// A damaged file keeps its name, which has its first sequence number; so it is known which numbers
// it may have given.
std::uint64_t first_seq_behind(const platform::Folder& folder, const std::string& name) {
  std::uint64_t base_seq = 0;
  const char* const stem_end = name.data() + name.size() - kExtension.size();
  const auto [end, error] = std::from_chars(name.data(), stem_end, base_seq);
  if (error != std::errc() || end != stem_end) return 0;
  const std::uint64_t bytes = folder.bytes_of(name.c_str());
  return bytes == 0
             ? 0
             : base_seq + std::min<std::uint64_t>(bytes, kSegmentBytesMax) / sizeof(RecordHeader);
}

void set_aside(const platform::Folder& folder, const std::string& name) {
  static_cast<void>(folder.rename(name.c_str(), (name + ".bad").c_str()));
}

// The files of segments, in the order of their numbers. Removes temporary ones.
Result<std::vector<std::string>> list_segments(const platform::Folder& folder) {
  auto names = folder.names();
  if (!names) return names;
  for (const std::string& name : *names) {
    if (name.ends_with(".tmp")) folder.remove(name.c_str());
  }
  std::erase_if(*names, [](const std::string& name) { return !name.ends_with(kExtension); });
  std::sort(names->begin(), names->end());
  return names;
}

bool is_of(const wire::Uuid& install_id, const Result<Segment>& opened) {
  return opened && opened->install_id() == install_id;
}

// Whose segments these are: as the ledger says, if one of them is; else as the first one says.
std::optional<wire::Uuid> find_owner(const platform::Folder& folder, const Ledger& ledger,
                                     const std::vector<std::string>& names) {
  std::optional<wire::Uuid> first;
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    auto opened = Segment::open(folder, name->c_str(), 0);
    if (is_of(ledger.install_id(), opened)) return ledger.install_id();
    if (opened) first = opened->install_id();
  }
  return first;
}

RecoveredSegment scan(Segment segment, const Ledger& ledger, RecoveryReport& report) {
  const std::uint64_t settled_seq = ledger.settled_seq(segment.install_id());
  RecoveredSegment found{std::move(segment)};
  Scan(found, settled_seq, report).run();
  report.records += found.pending;
  return found;
}

}  // namespace

Result<Recovered> recover_last(const platform::Folder& folder, const Ledger& ledger) {
  auto names = list_segments(folder);
  if (!names) return names.status();
  Recovered recovered;
  const auto owner = find_owner(folder, ledger, *names);
  recovered.earlier.install_id = owner ? *owner : wire::random_uuid();
  std::uint64_t passed_over = 0;
  for (; !names->empty() && !recovered.last; names->pop_back()) {
    const std::string& name = names->back();
    auto opened = Segment::open(folder, name.c_str(), 0);
    if (!opened && opened.status().code() != StatusCode::kInternal) return opened.status();
    if (is_of(recovered.earlier.install_id, opened)) {
      recovered.last = scan(*std::move(opened), ledger, recovered.report);
      continue;
    }
    // Of another sequence: somebody copied files.
    if (!opened) passed_over = std::max(passed_over, first_seq_behind(folder, name));
    set_aside(folder, name);
    ++recovered.report.bad_segments;
  }
  recovered.earlier.names = *std::move(names);
  if (recovered.last) {
    const RecoveredSegment& last = *recovered.last;
    recovered.next_seq =
        std::max({last.segment.base_seq(), last.last_seq + 1, last.segment.acknowledged_seq() + 1,
                  ledger.settled_seq(recovered.earlier.install_id) + 1, passed_over});
  }
  return recovered;
}

std::vector<RecoveredSegment> recover_earlier(const platform::Folder& folder, const Ledger& ledger,
                                              const EarlierSegments& earlier,
                                              RecoveryReport& report) {
  std::vector<RecoveredSegment> segments;
  std::uint64_t next_seq = 1;
  for (const std::string& name : earlier.names) {
    auto opened = Segment::open(folder, name.c_str(), 0);
    if (!opened && opened.status().code() != StatusCode::kInternal) continue;
    // Of another sequence, or one that gives numbers twice: somebody copied files.
    if (!is_of(earlier.install_id, opened) || opened->base_seq() < next_seq) {
      set_aside(folder, name);
      ++report.bad_segments;
      continue;
    }
    RecoveredSegment found = scan(*std::move(opened), ledger, report);
    next_seq = std::max({next_seq, found.last_seq + 1, found.segment.acknowledged_seq() + 1});
    if (found.pending == 0) {
      folder.remove(found.segment.name());
    } else {
      segments.push_back(std::move(found));
    }
  }
  return segments;
}

}  // namespace penstock::journal
