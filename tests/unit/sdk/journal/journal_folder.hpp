// A folder with a journal in it, as the tests of journal and recovery see it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "support/temp_directory.hpp"

namespace penstock::journal::test {

inline std::vector<std::string> numbered_records(std::size_t count) {
  std::vector<std::string> records;
  for (std::size_t i = 0; i < count; ++i)
    records.push_back(R"({"n":)" + std::to_string(i) + R"(,"t":")" + std::string(i % 40, 'x') +
                      "\"}");
  return records;
}

template <typename T>
std::vector<T> first_n(const std::vector<T>& all, std::size_t count) {
  return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(count, all.size()))};
}

class JournalFolder : public ::testing::Test {
 protected:
  JournalFolder() { std::filesystem::create_directory(folder()); }

  std::filesystem::path folder() const { return directory_ / "journal"; }

  std::unique_ptr<Journal> open(const std::filesystem::path& folder) const {
    auto opened = Journal::open(folder, options_);
    EXPECT_TRUE(opened) << opened.status().message();
    if (!opened) return nullptr;
    (*opened)->reader().recovery();  // of all segments, so that counts are those of all
    return *std::move(opened);
  }
  void open() {
    journal_.reset();
    journal_ = open(folder());
  }

  void append_all(const std::vector<std::string>& records) {
    for (const auto& record : records)
      ASSERT_EQ(journal_->writer().append(record).code, StatusCode::kOk);
  }
  // All that is committed behind what was read before.
  static std::vector<Record> read(Journal& journal) {
    std::vector<Record> records;
    while (journal.reader().read(100, 1 << 20, records) > 0) {
    }
    return records;
  }
  static std::vector<std::string> payloads(Journal& journal) {
    std::vector<std::string> texts;
    for (const Record& record : read(journal)) texts.emplace_back(record.payload);
    return texts;
  }
  static std::vector<std::uint64_t> seqs(Journal& journal) {
    std::vector<std::uint64_t> numbers;
    for (const Record& record : read(journal)) numbers.push_back(record.seq);
    return numbers;
  }

  static std::vector<std::filesystem::path> segments(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.path().extension() == ".seg") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    return paths;
  }
  // What a kill would leave now, and files that come while it copies: the kernel's view of them.
  std::filesystem::path copy_as_killed_now() {
    const auto copy = directory_ / ("copy-" + std::to_string(++copies_));
    std::filesystem::create_directory(copy);
    for (const auto& segment : segments(folder())) std::filesystem::copy(segment, copy);
    std::filesystem::copy(folder() / "ledger", copy);
    return copy;
  }

  penstock::test::TempDirectory directory_;
  JournalOptions options_{1024 * 1024, 64 * 1024, 16 * 1024};
  std::unique_ptr<Journal> journal_;
  int copies_ = 0;
};

}  // namespace penstock::journal::test
