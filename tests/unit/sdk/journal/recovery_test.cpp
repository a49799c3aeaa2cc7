// Goal: whatever a kill or a broken disk left in the files, recovery gives back every whole record,
// in order, and nothing else; and no sequence number is given twice.
// Method: write records, damage a copy, recover the copy. (A real kill -9: tests/faults.)
#include "journal/recovery.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <random>

#include "journal/crc32c.hpp"
#include "journal_folder.hpp"

namespace penstock::journal::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RecoveryTest : public JournalFolder {
 protected:
  RecoveryTest() { open(); }

  void append(const std::vector<std::string>& records) {
    append_all(records);
    for (const auto& record : records)
      ends_.push_back((ends_.empty() ? kFirstRecord : ends_.back()) + record_bytes(record.size()));
  }
  std::size_t begin_of(std::size_t record) const {
    return record == 0 ? kFirstRecord : ends_[record - 1];
  }
  std::size_t whole_within(std::size_t bytes) const {
    return static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), bytes) -
                                    ends_.begin());
  }

  // Damages the only segment of a copy.
  template <typename Change>
  std::filesystem::path damaged_copy(Change change) {
    const auto copy = copy_as_killed_now();
    change(segments(copy).at(0));
    return copy;
  }
  static void overwrite(const std::filesystem::path& file, std::size_t offset,
                        std::string_view bytes) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(offset));
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  static char byte_at(const std::filesystem::path& file, std::size_t offset) {
    std::ifstream stream(file, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(offset));
    return static_cast<char>(stream.get());
  }
  // As a thread leaves its place that was killed before it committed.
  void uncommit(const std::filesystem::path& file, std::size_t record) const {
    overwrite(file, begin_of(record), std::string(4, '\0'));
  }

  std::vector<std::string> recovered(const std::filesystem::path& copy) {
    const auto journal = open(copy);
    report_ = journal->reader().recovery();
    next_seq_ = journal->last_seq() + 1;
    install_id_ = journal->install_id();
    return payloads(*journal);
  }

  std::vector<std::size_t> ends_;
  RecoveryReport report_;
  std::uint64_t next_seq_ = 0;
  std::string install_id_;
};

TEST_F(RecoveryTest, WhatAKillLeavesIsWhole) {
  const auto records = numbered_records(100);
  append(records);
  EXPECT_EQ(recovered(copy_as_killed_now()), records);
  EXPECT_EQ(report_.records, 100u);
  EXPECT_EQ(report_.torn_records, 0u);
  EXPECT_EQ(next_seq_, 101u);
  EXPECT_EQ(install_id_, journal_->install_id());
}

TEST_F(RecoveryTest, EveryPossibleCutLeavesExactlyTheWholeRecords) {
  const auto records = numbered_records(20);
  append(records);
  for (std::size_t cut = kFirstRecord; cut <= ends_.back() + 8; ++cut) {
    SCOPED_TRACE(::testing::Message() << "cut at " << cut << " bytes");
    const auto copy =
        damaged_copy([&](const auto& file) { std::filesystem::resize_file(file, cut); });
    ASSERT_EQ(recovered(copy), first_n(records, whole_within(cut)));
    ASSERT_LE(report_.torn_records, 1u);
  }
}

TEST_F(RecoveryTest, EveryFlippedByteTakesAtMostItsOwnRecord) {
  const auto records = numbered_records(12);
  append(records);
  for (std::size_t offset = kFirstRecord; offset < ends_.back(); ++offset) {
    SCOPED_TRACE(::testing::Message() << "byte " << offset);
    const auto copy = damaged_copy([&](const auto& file) {
      overwrite(file, offset, std::string(1, static_cast<char>(byte_at(file, offset) ^ 0x10)));
    });
    const auto kept = recovered(copy);
    auto expected = records;
    if (kept.size() < records.size()) {
      expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(whole_within(offset)));
      ASSERT_EQ(report_.torn_records, 1u);
    }
    ASSERT_EQ(kept, expected);
    ASSERT_GE(next_seq_, records.size());
  }
}

TEST_F(RecoveryTest, ATornLastRecordIsDroppedAndItsNumberGivenAgainSinceNobodyHasSeenIt) {
  append({"one", "two", "three"});
  const auto copy = damaged_copy([&](const auto& file) { uncommit(file, 2); });
  EXPECT_THAT(recovered(copy), ElementsAre("one", "two"));
  EXPECT_EQ(report_.torn_records, 1u);
  EXPECT_EQ(next_seq_, 3u);
}

TEST_F(RecoveryTest, EverySetOfRecordsThatWereNeverCommittedIsPassedOver) {
  const auto records = numbered_records(8);
  append(records);
  for (unsigned torn = 0; torn < 256; ++torn) {
    SCOPED_TRACE(::testing::Message() << "torn set " << torn);
    std::vector<std::string> whole;
    const auto copy = damaged_copy([&](const auto& file) {
      for (unsigned i = 0; i < 8; ++i)
        if ((torn >> i & 1U) != 0) uncommit(file, i);
    });
    for (unsigned i = 0; i < 8; ++i)
      if ((torn >> i & 1U) == 0) whole.push_back(records[i]);
    ASSERT_EQ(recovered(copy), whole);
    ASSERT_EQ(report_.torn_records > 0, torn != 0);
    ASSERT_EQ(recovered(copy), whole);  // and what recovery wrote can be read as well
    ASSERT_EQ(report_.torn_records, 0u);
  }
}

TEST_F(RecoveryTest, WhatIsAppendedBehindATornTailIsReadAgain) {
  append({"one", "two", "three"});
  const auto copy = damaged_copy([&](const auto& file) {
    uncommit(file, 1);
    uncommit(file, 2);
  });
  {
    const auto journal = open(copy);
    EXPECT_EQ(journal->writer().append("four").seq, 2u);
  }
  EXPECT_THAT(recovered(copy), ElementsAre("one", "four"));
}

TEST_F(RecoveryTest, BytesOfADeadRecordAreNeverTakenForALiveOne) {
  append({"one", "two", std::string(100, 't')});
  const auto copy = damaged_copy([&](const auto& file) { uncommit(file, 1); });
  ASSERT_THAT(recovered(copy), ElementsAre("one", std::string(100, 't')));
  const auto journal = open(copy);
  read(*journal);
  EXPECT_EQ(journal->writer().append("four").seq, 4u);
  EXPECT_THAT(payloads(*journal), ElementsAre("four"));
}

TEST_F(RecoveryTest, ADamagedHeaderSetsTheFileAsideAndItsNumbersAreNotGivenAgain) {
  append_all(numbered_records(3000));
  const auto copy = copy_as_killed_now();
  const auto files = segments(copy);
  ASSERT_GT(files.size(), 2u);
  overwrite(files.back(), 20, "damage");
  const auto kept = recovered(copy);
  EXPECT_EQ(report_.bad_segments, 1u);
  EXPECT_EQ(kept, first_n(numbered_records(3000), kept.size()));
  EXPECT_GT(next_seq_, 3000u);
  EXPECT_EQ(install_id_, journal_->install_id());
  EXPECT_TRUE(std::filesystem::exists(files.back().string() + ".bad"));
}

TEST_F(RecoveryTest, AnAcknowledgementBehindTheNumbersThatADamagedFileMayHaveGivenIsBelieved) {
  append_all(std::vector<std::string>(4, std::string(options_.payload_bytes_max, 'x')));
  const auto copy = copy_as_killed_now();
  ASSERT_EQ(segments(copy).size(), 2u);
  overwrite(segments(copy).back(), 20, "damage");
  options_.payload_bytes_max = 1000;  // for which the first segment has room
  {
    const auto journal = open(copy);
    ASSERT_GT(journal->writer().append("next").seq, 1000u);
    ASSERT_EQ(segments(copy).size(), 1u);
    journal->reader().settle(read(*journal).back().seq, Fate::kAcknowledged);
  }
  EXPECT_EQ(recovered(copy).size(), 0u);
  EXPECT_EQ(report_.records, 0u);
}

TEST_F(RecoveryTest, ADamagedFileBetweenOthersCostsItsOwnRecordsOnly) {
  append_all(numbered_records(3000));
  const auto copy = copy_as_killed_now();
  overwrite(segments(copy).at(1), 0, "x");
  const auto kept = recovered(copy);
  EXPECT_EQ(report_.bad_segments, 1u);
  EXPECT_GT(kept.size(), 1000u);
  EXPECT_EQ(kept.back(), numbered_records(3000).back());
  EXPECT_EQ(next_seq_, 3001u);
}

TEST_F(RecoveryTest, ASegmentOfNumbersThatNobodyTakesIsSetAside) {
  append({"one"});
  const auto copy = damaged_copy([](const auto& file) {
    constexpr std::size_t begin = offsetof(SegmentHeader, base_seq);
    overwrite(file, begin, std::string(8, '\xFF'));
    std::string header;
    for (std::size_t at = begin; at < offsetof(SegmentHeader, acknowledged_seq); ++at)
      header += byte_at(file, at);
    const std::uint32_t crc = crc32c(header.data(), header.size(), 0);
    overwrite(file, offsetof(SegmentHeader, header_crc),
              {reinterpret_cast<const char*>(&crc), sizeof crc});
  });
  const auto journal = open(copy);
  EXPECT_EQ(journal->reader().recovery().bad_segments, 1u);
  const auto seq = journal->writer().append("two").seq;
  EXPECT_GT(seq, 0u);
  EXPECT_LT(seq, 100'000u);
}

TEST_F(RecoveryTest, ARecordOfANumberThatNobodyTakesIsTorn) {
  append({"one"});
  const auto copy = damaged_copy([](const auto& file) {
    std::uint64_t head[3] = {0, ~std::uint64_t{0}, 3};
    for (std::size_t i = 0; i < sizeof head[0]; ++i)
      reinterpret_cast<char*>(head)[i] = byte_at(file, offsetof(SegmentHeader, salt) + i);
    const std::uint32_t crc = crc32c("one", 3, crc32c(head, sizeof head, 0));
    overwrite(file, kFirstRecord + offsetof(RecordHeader, seq), std::string(8, '\xFF'));
    overwrite(file, kFirstRecord + offsetof(RecordHeader, crc),
              {reinterpret_cast<const char*>(&crc), sizeof crc});
  });
  EXPECT_THAT(recovered(copy), IsEmpty());
  EXPECT_EQ(report_.torn_records, 1u);
  EXPECT_EQ(next_seq_, 1u);
}

TEST_F(RecoveryTest, ASegmentOfNothingButTornRecordsIsWrittenFromItsBeginAgain) {
  const std::string large(options_.payload_bytes_max, 'x');
  append({large, large, large, "last"});  // behind it there is no room for a large one
  const auto copy = damaged_copy([&](const auto& file) {
    for (std::size_t i = 0; i < 3; ++i) uncommit(file, i);
  });
  ASSERT_THAT(recovered(copy), ElementsAre("last"));
  uncommit(segments(copy).at(0), 3);

  const auto journal = open(copy);
  ASSERT_EQ(journal->writer().append("new").code, StatusCode::kOk);
  EXPECT_THAT(payloads(*journal), ElementsAre("new"));
  journal->reader().settle(0, Fate::kAcknowledged);
  EXPECT_EQ(segments(copy).size(), 1u);
  std::filesystem::create_directory(directory_ / "killed");
  for (const auto& file : segments(copy)) std::filesystem::copy(file, directory_ / "killed");
  EXPECT_THAT(recovered(directory_ / "killed"), ElementsAre("new"));
}

TEST_F(RecoveryTest, WithoutAnySegmentTheSequenceAndItsInstallIdAreNew) {
  append({"one"});
  const auto copy = copy_as_killed_now();
  std::filesystem::remove(segments(copy).at(0));
  EXPECT_THAT(recovered(copy), IsEmpty());
  EXPECT_EQ(next_seq_, 1u);
  EXPECT_NE(install_id_, journal_->install_id());
}

TEST_F(RecoveryTest, ASegmentOfAnotherSequenceIsSetAside) {
  append({"one"});
  const auto copy = copy_as_killed_now();
  std::filesystem::create_directory(directory_ / "other");
  {
    const auto other = open(directory_ / "other");
    for (int i = 0; i < 3000; ++i) ASSERT_EQ(other->writer().append("other").code, StatusCode::kOk);
  }
  std::filesystem::copy(segments(directory_ / "other").back(), copy);
  EXPECT_THAT(recovered(copy), ElementsAre("one"));
  EXPECT_EQ(report_.bad_segments, 1u);
}

TEST_F(RecoveryTest, AnAcknowledgementThatCannotBeIsNotBelieved) {
  append({"one", "two"});
  const auto copy = damaged_copy([](const auto& file) {
    overwrite(file, offsetof(SegmentHeader, acknowledged_seq), std::string(8, '\x7F'));
  });
  EXPECT_THAT(recovered(copy),
              ElementsAre("one", "two"));  // twice is one event; lost would be lost
  EXPECT_EQ(next_seq_, 3u);
}

TEST_F(RecoveryTest, AnAcknowledgementThatCannotBeIsNotBelievedWhenTheFileGrowsEither) {
  append({"one", "two"});
  const auto file = segments(folder()).at(0);
  journal_.reset();  // the file has no room for a record of this number any more
  overwrite(file, offsetof(SegmentHeader, acknowledged_seq), std::string("\x64\0\0\0\0\0\0\0", 8));
  open();
  EXPECT_EQ(journal_->writer().append("three").seq, 3u);
  EXPECT_THAT(payloads(*journal_), ElementsAre("one", "two", "three"));
}

TEST_F(RecoveryTest, WhatAKillLeavesOfAFileInPreparationIsRemoved) {
  append({"one"});
  const auto copy = copy_as_killed_now();
  std::ofstream(copy / "next-7.tmp") << "half a segment";
  EXPECT_THAT(recovered(copy), ElementsAre("one"));
  EXPECT_FALSE(std::filesystem::exists(copy / "next-7.tmp"));
}

TEST_F(RecoveryTest, AnEmptyFileAndOneOfRandomBytesAreNoSegments) {
  append({"one"});
  const auto copy = copy_as_killed_now();
  std::ofstream(copy / "00000000000000000002.seg").flush();
  std::mt19937 random(1);
  std::string noise(5000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  std::ofstream(copy / "00000000000000000003.seg", std::ios::binary) << noise;
  EXPECT_THAT(recovered(copy), ElementsAre("one"));
  EXPECT_EQ(report_.bad_segments, 2u);
}

TEST_F(RecoveryTest, RandomDamageNeverInventsARecord) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto records = numbered_records(200);
  append(records);
  for (int round = 0; round < 200; ++round) {
    const auto copy = damaged_copy([&](const auto& file) {
      for (int i = 0; i < 5; ++i)
        overwrite(file, random() % (ends_.back() + 100),
                  std::string(1 + random() % 64, static_cast<char>(random())));
    });
    for (const auto& record : recovered(copy)) ASSERT_THAT(records, ::testing::Contains(record));
    std::filesystem::remove_all(copy);
  }
}

}  // namespace
}  // namespace penstock::journal::test
