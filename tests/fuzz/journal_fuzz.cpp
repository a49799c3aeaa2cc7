// Any bytes as the only segment of a journal, and any damage to a good one: nothing is read outside
// of the file, numbers only go up, no record is invented, and what is found is found again by the
// next open, with what was appended since.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "check.hpp"
#include "journal/journal.hpp"
#include "support/temp_directory.hpp"

namespace {

using namespace penstock;
using journal::Journal;
using journal::Record;

constexpr journal::JournalOptions kOptions{256 * 1024, 64 * 1024, 4 * 1024};
constexpr int kRecords = 40;

std::string record_text(int number) {
  return R"({"n":)" + std::to_string(number) + std::string(static_cast<std::size_t>(number), ' ') +
         "}";
}

class Folder {
 public:
  Folder() : path_(directory_ / "journal") { std::filesystem::create_directory(path_); }

  std::unique_ptr<Journal> open() const {
    auto opened = Journal::open(path_, kOptions);
    PENSTOCK_CHECK(opened.ok());
    return *std::move(opened);
  }
  std::filesystem::path segment() const { return path_ / "00000000000000000001.seg"; }
  std::string segment_bytes() const {
    std::ifstream file(segment(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void become(const std::string& bytes) const {
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      std::filesystem::remove(entry.path());
    std::ofstream(segment(), std::ios::binary) << bytes;
  }

 private:
  test::TempDirectory directory_;
  std::filesystem::path path_;
};

std::string make_good_segment() {
  const Folder folder;
  const auto journal = folder.open();
  for (int i = 0; i < kRecords; ++i)
    PENSTOCK_CHECK(journal->append(record_text(i)).code == StatusCode::kOk);
  return folder.segment_bytes();
}

struct Found {
  std::uint64_t seq;
  std::string payload;
  bool operator==(const Found&) const = default;
};

std::vector<Found> read_all(Journal& journal) {
  std::vector<Record> records;
  while (journal.read(100, 1 << 20, records) > 0) {
  }
  std::vector<Found> found;
  for (const Record& record : records) {
    PENSTOCK_CHECK(found.empty() || record.seq > found.back().seq);
    PENSTOCK_CHECK(record.seq <= journal.last_seq());
    found.push_back({record.seq, std::string(record.payload)});
  }
  PENSTOCK_CHECK(journal.pending() >= found.size());
  return found;
}

// Overwrites one byte for each three of `changes`: offset, value.
std::string damaged(std::string segment, const std::uint8_t* changes, std::size_t bytes) {
  for (std::size_t i = 0; i + 3 <= bytes; i += 3) {
    const std::size_t offset = (changes[i] << 8U | changes[i + 1]) % (8U * 1024);
    segment[offset] = static_cast<char>(changes[i + 2]);
  }
  return segment;
}

void check_recovery(const Folder& folder, bool invents_nothing) {
  std::vector<Found> found;
  {
    const auto journal = folder.open();
    found = read_all(*journal);
    const auto appended = journal->append("appended");
    PENSTOCK_CHECK(appended.code == StatusCode::kOk);
    found.push_back({appended.seq, "appended"});
  }
  const auto journal = folder.open();
  PENSTOCK_CHECK(journal->recovery().torn_records == 0);
  PENSTOCK_CHECK(read_all(*journal) == found);
  if (!invents_nothing) return;
  found.pop_back();
  for (const auto& [seq, payload] : found)
    PENSTOCK_CHECK(seq <= kRecords && payload == record_text(static_cast<int>(seq) - 1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  static const std::string good = make_good_segment();
  if (size == 0) return 0;
  const bool raw = data[0] == 'r';
  folder.become(raw ? std::string(reinterpret_cast<const char*>(data + 1), size - 1)
                    : damaged(good, data + 1, size - 1));
  check_recovery(folder, !raw);
  return 0;
}
