// Whatever is in the only segment file: a journal opens on it or says why not, the numbers of what
// it reads ascend, and what it read and what is appended then is read again by the next open.
//
// The first byte says what the rest is:
//   d    damage to a segment that a journal wrote: offset (2 bytes, little-endian), count (1 byte),
//        and as many bytes to put there; count 0 cuts the file at the offset. Records are read as
//        they were written or not at all, and those that no damage touched are all read.
//   s    a segment, whose checksums are set right first: what no random damage gets to.
//   other: a segment as it is.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "check.hpp"
#include "journal/journal.hpp"
#include "journal/record_format.hpp"
#include "memory_folder.hpp"
#include "sealed_segment.hpp"
#include "wire/limits.hpp"

namespace {

using namespace penstock;
using namespace penstock::journal;
using Records = std::map<std::uint64_t, std::string>;

constexpr JournalOptions kOptions{
    .disk_bytes_max = std::uint64_t{8} * 4096, .segment_bytes = 4096, .payload_bytes_max = 1000};
constexpr const char* kFirstSegment = "00000000000000000001.seg";
constexpr std::size_t kFirstRecord = sizeof(SegmentHeader);

std::string payload(std::size_t i) {
  return "{\"n\":" + std::to_string(i) + ",\"t\":\"" + std::string(i * 13 % 90, 'x') + "\"}";
}

// --- A segment as a kill leaves it, and damage to it --------------------------------------------

struct Written {
  std::string bytes;
  std::vector<std::size_t> ends;  // of each record; their numbers begin with 1
  std::uint64_t acknowledged = 0;
};

// Its salt is another one each time, so that the fuzzer cannot learn what makes a checksum right.
Written write_segment(const std::filesystem::path& folder) {
  constexpr std::size_t kRecords = 20;
  Written written;
  auto journal = Journal::open(folder, kOptions);
  PENSTOCK_CHECK(journal);
  std::size_t end = kFirstRecord;
  for (std::size_t i = 1; i <= kRecords; ++i) {
    PENSTOCK_CHECK((*journal)->writer().append(payload(i)).seq == i);
    written.ends.push_back(end += record_bytes(payload(i).size()));
  }
  std::vector<Record> records;
  PENSTOCK_CHECK((*journal)->reader().read(2, 1000, records) == 2);
  (*journal)->reader().settle(written.acknowledged = 2, Fate::kAcknowledged);
  std::ifstream file(folder / kFirstSegment, std::ios::binary);
  written.bytes.assign(std::istreambuf_iterator<char>(file), {});
  PENSTOCK_CHECK(written.bytes.size() == kOptions.segment_bytes);
  return written;
}

std::string damaged(std::string bytes, std::string_view damage) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(damage[i]); };
  while (damage.size() >= 3) {
    const std::size_t offset = (byte(0) + 256U * byte(1)) % kOptions.segment_bytes;
    const std::string_view put = damage.substr(3, byte(2));
    damage.remove_prefix(3 + put.size());
    if (put.empty())
      bytes.resize(std::min(bytes.size(), offset));
    else
      bytes.replace(std::min(bytes.size(), offset), put.size(), put);
  }
  return bytes;
}

bool same_in(const std::string& a, const std::string& b, std::size_t begin, std::size_t end) {
  return end <= a.size() && end <= b.size() && std::memcmp(&a[begin], &b[begin], end - begin) == 0;
}

// What has to be read although the segment is `bytes` now.
Records untouched(const Written& written, const std::string& bytes) {
  Records records;
  if (!same_in(written.bytes, bytes, 0, kFirstRecord)) return records;
  for (std::size_t i = 0, begin = kFirstRecord; i < written.ends.size(); ++i) {
    const std::uint64_t seq = i + 1;
    if (seq > written.acknowledged && same_in(written.bytes, bytes, begin, written.ends[i]))
      records.emplace(seq, payload(seq));
    begin = written.ends[i];
  }
  return records;
}

// --- Open, read, append -------------------------------------------------------------------------

Records read_all(Journal& journal) {
  Records all;
  std::vector<Record> records;
  while (journal.reader().read(7, 500, records) > 0) {
  }
  for (const Record& record : records) {
    PENSTOCK_CHECK(all.empty() || record.seq > all.rbegin()->first);
    all.emplace(record.seq, record.payload);
  }
  PENSTOCK_CHECK(journal.reader().pending() == all.size());
  PENSTOCK_CHECK(all.empty() || journal.last_seq() >= all.rbegin()->first);
  return all;
}

// What is read is in `kept` then, with what was appended.
bool open_and_append(const std::filesystem::path& folder, Records& kept) {
  const auto journal = Journal::open(folder, kOptions);
  if (!journal) {
    const StatusCode code = journal.status().code();
    PENSTOCK_CHECK(code == StatusCode::kIo || code == StatusCode::kStorageFull);
    return false;
  }
  kept = read_all(**journal);
  PENSTOCK_CHECK((*journal)->reader().recovery().records == kept.size());
  for (std::size_t size : {std::size_t{10}, std::size_t{0}, kOptions.payload_bytes_max}) {
    const std::string text(size, 'a');
    const auto appended = (*journal)->writer().append(text);
    if (appended.code == StatusCode::kStorageFull) break;
    PENSTOCK_CHECK(appended.code == StatusCode::kOk && appended.seq == (*journal)->last_seq());
    PENSTOCK_CHECK(kept.empty() || appended.seq > kept.rbegin()->first);
    kept.emplace(appended.seq, text);
  }
  return true;
}

// Half of it is acknowledged, and the other half is read once more.
void check_reopened(const std::filesystem::path& folder, Records kept) {
  for (int round = 0; round < 2; ++round) {
    const auto journal = Journal::open(folder, kOptions);
    PENSTOCK_CHECK(journal);
    PENSTOCK_CHECK((*journal)->reader().recovery().torn_records == 0);
    PENSTOCK_CHECK((*journal)->reader().recovery().bad_segments == 0);
    PENSTOCK_CHECK(read_all(**journal) == kept);
    if (kept.empty()) return;
    const auto middle = std::next(kept.begin(), static_cast<std::ptrdiff_t>(kept.size() / 2));
    (*journal)->reader().settle(middle->first, Fate::kAcknowledged);
    kept.erase(kept.begin(), std::next(middle));
  }
}

void put_segment(const std::filesystem::path& folder, const std::string& bytes) {
  std::ofstream(folder / kFirstSegment, std::ios::binary | std::ios::trunc) << bytes;
}

void run_damage(const fuzz::MemoryFolder& folder, std::string_view damage) {
  const Written written = write_segment(folder.emptied());
  const std::string bytes = damaged(written.bytes, damage);
  put_segment(folder.emptied(), bytes);
  Records kept;
  PENSTOCK_CHECK(open_and_append(folder.path(), kept));
  check_reopened(folder.path(), kept);

  for (const auto& [seq, text] : untouched(written, bytes))
    PENSTOCK_CHECK(kept.contains(seq) && kept[seq] == text);
  for (const auto& [seq, text] : kept) {
    const bool is_appended = text.find_first_not_of('a') == text.npos;
    PENSTOCK_CHECK(is_appended || (seq <= written.ends.size() && text == payload(seq)));
  }
}

void run_segment(const fuzz::MemoryFolder& folder, const std::string& bytes) {
  put_segment(folder.emptied(), bytes);
  Records kept;
  if (!open_and_append(folder.path(), kept)) return;
  // Numbers end there, some millennia from now.
  if (kept.empty() || kept.rbegin()->first <= wire::kSeqMax) check_reopened(folder.path(), kept);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::MemoryFolder folder;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) return 0;
  const std::string_view rest = input.substr(1);
  if (input[0] == 'd')
    run_damage(folder, rest);
  else
    run_segment(folder, input[0] == 's' ? fuzz::sealed(std::string(rest)) : std::string(rest));
  return 0;
}
