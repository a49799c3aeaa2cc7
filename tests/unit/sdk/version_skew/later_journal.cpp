// A program of a later version, which knows the activity "Scroll", and the reasons "sampled_out"
// and "evicted" (see CMakeLists.txt).
//
//   penstock-later-journal write <folder>    begins a journal with all of them
//   penstock-later-journal print <folder>    what is in the ledger and pending, a line each
//   penstock-later-journal raise <folder>    gives the files a version that nobody knows yet
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "journal/crc32c.hpp"
#include "journal/journal.hpp"

namespace {

using penstock::StatusCode;
using penstock::wire::DropReason;
using penstock::wire::TypeId;
using namespace penstock::journal;

bool append(Journal& journal, TypeId type) {
  return journal.writer().append(R"({"activityType":"later"})", {type, 0}).code == StatusCode::kOk;
}

bool write(Journal& journal) {
  bool all = true;
  for (int i = 0; i < 5; ++i) all = append(journal, TypeId::kScroll) && all;
  for (int i = 0; i < 2; ++i) all = append(journal, TypeId::kClick) && all;
  std::vector<Record> records;
  journal.reader().read(2, 1 << 20, records);
  journal.reader().settle(1, Fate::kAcknowledged);
  journal.reader().settle(2, DropReason::kEvicted);
  for (int i = 0; i < 4; ++i) journal.ledger().refuse(DropReason::kSampledOut, TypeId::kScroll);
  journal.ledger().refuse(DropReason::kTooLarge, TypeId::kClick);
  return all;
}

void print(std::string_view type, std::string_view what, std::uint64_t count) {
  if (count != 0) std::cout << type << ' ' << what << ' ' << count << '\n';
}

void print(Journal& journal) {
  const Counts counts = journal.reader().counts();
  for (std::size_t i = 0; i < penstock::wire::kTypes; ++i) {
    const std::string_view type = penstock::wire::kTypeNames[i];
    const std::size_t row = code_of(static_cast<TypeId>(i));
    print(type, "pending", counts.pending[row]);
    print(type, "acknowledged", counts.settled[row][code_of(Fate::kAcknowledged)]);
    for (std::size_t reason = 0; reason < penstock::wire::kDropReasons; ++reason) {
      const auto [later, code] = code_of(static_cast<DropReason>(reason));
      const std::string_view name = penstock::wire::kDropReasonNames[reason];
      if (later && code < kFateCodes) print(type, name, counts.settled[row][code]);
      if (!later) print(type, name, counts.refused[code][row]);
    }
  }
}

void put(std::fstream& file, std::size_t at, std::uint32_t value) {
  file.seekp(static_cast<std::streamoff>(at)).write(reinterpret_cast<const char*>(&value), 4);
}

// As docs/journal-format.md says that later versions will.
bool raise(const std::filesystem::path& folder, std::uint32_t version) {
  const std::uint32_t seal = crc32c(&version, sizeof version, 0);
  bool all = true;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".seg" && entry.path().filename() != "ledger") continue;
    std::fstream file(entry.path(), std::ios::binary | std::ios::in | std::ios::out);
    std::array<char, 32> names{};  // base seq, salt and install id
    file.seekg(16).read(names.data(), names.size());
    const bool is_segment = entry.path().extension() == ".seg";
    put(file, 8, version);
    put(file, 12, is_segment ? crc32c(names.data(), names.size(), seal) : seal);
    all = all && file.flush().good();
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  if (argv[1] == std::string_view("raise")) return raise(argv[2], 3) ? 0 : 1;
  auto journal = Journal::open(argv[2], {1 << 20, 64 * 1024, 16 * 1024});
  if (!journal) {
    std::cerr << journal.status().message() << '\n';
    return 1;
  }
  if (argv[1] == std::string_view("write")) return write(**journal) ? 0 : 1;
  print(**journal);
  return 0;
}
