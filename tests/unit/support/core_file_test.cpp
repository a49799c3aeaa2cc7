// Goal: the pages of a file are found in a core, and no broken core makes the search read beyond.
// Method: a core of three segments made by hand; cut at each length, and with each word spoilt.
#include "support/core_file.hpp"

#include <elf.h>
#include <gmock/gmock.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

namespace penstock::test {
namespace {

using ::testing::ElementsAre;
using ::testing::FieldsAre;
using ::testing::HasSubstr;

constexpr std::uint64_t kAddress = 0x7000;

template <typename T>
std::string bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

std::string note_of(std::uint32_t type, std::string content) {
  Elf64_Nhdr head{};
  head.n_namesz = 5;
  head.n_descsz = static_cast<std::uint32_t>(content.size());
  head.n_type = type;
  content.resize((content.size() + 3) / 4 * 4);
  return bytes_of(head) + std::string("CORE\0\0\0\0", 8) + content;
}

Elf64_Phdr segment_of(std::uint32_t type, std::uint64_t offset, std::uint64_t size,
                      std::uint64_t address = 0) {
  Elf64_Phdr segment{};
  segment.p_type = type;
  segment.p_offset = offset;
  segment.p_filesz = segment.p_memsz = size;
  segment.p_vaddr = address;
  return segment;
}

// Two files of eight bytes each and, between them, memory that no file has.
std::string small_core() {
  std::string files;
  for (const std::uint64_t word :
       {std::uint64_t{2}, std::uint64_t{4096}, kAddress, kAddress + 8, std::uint64_t{0},
        kAddress + 16, kAddress + 24, std::uint64_t{0}})
    files += bytes_of(word);
  files += std::string("/a/one\0/b/two (deleted)\0", 24);
  const std::string notes = note_of(NT_PRSTATUS, "status") + note_of(NT_FILE, files);

  Elf64_Ehdr head{};
  std::memcpy(head.e_ident, ELFMAG, SELFMAG);
  head.e_ident[EI_CLASS] = ELFCLASS64;
  head.e_ident[EI_DATA] = ELFDATA2LSB;
  head.e_type = ET_CORE;
  head.e_phoff = sizeof head;
  head.e_phentsize = sizeof(Elf64_Phdr);
  head.e_phnum = 3;
  const std::uint64_t begin = sizeof head + 3 * sizeof(Elf64_Phdr);
  return bytes_of(head) + bytes_of(segment_of(PT_NOTE, begin, notes.size())) +
         bytes_of(segment_of(PT_LOAD, begin + notes.size(), 16, kAddress)) +
         bytes_of(segment_of(PT_LOAD, begin + notes.size() + 16, 8, kAddress + 16)) + notes +
         "page oneno filespage two";
}

// "" if the core can be read.
std::string fault_of_core(const std::string& core) {
  try {
    for (const auto& [file, bytes] : mapped_pages(core)) {
      EXPECT_GE(bytes.data(), core.data());
      EXPECT_LE(bytes.data() + bytes.size(), core.data() + core.size());
    }
    return "";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST(CoreFileTest, PagesOfFilesAreFoundWithTheirPathAndOthersAreNot) {
  const std::string core = small_core();
  EXPECT_THAT(mapped_pages(core), ElementsAre(FieldsAre("/a/one", "page one"),
                                              FieldsAre("/b/two (deleted)", "page two")));
}

TEST(CoreFileTest, ACoreThatIsCutAnywhereIsRefused) {
  const std::string core = small_core();
  for (std::size_t size = 0; size < core.size(); ++size) {
    // A copy of that size, so that a sanitizer sees each byte that is read beyond.
    EXPECT_THAT(fault_of_core(core.substr(0, size)), HasSubstr("cut off")) << size;
  }
}

TEST(CoreFileTest, NoSpoiltWordMakesItReadBeyondTheCore) {
  const std::string core = small_core();
  for (std::size_t at = 0; at + 8 <= core.size(); at += 4) {
    for (const std::uint64_t word : {std::uint64_t{0}, UINT64_MAX, UINT64_MAX / 2, kAddress}) {
      std::string spoilt = core;
      std::memcpy(spoilt.data() + at, &word, sizeof word);
      static_cast<void>(fault_of_core(spoilt));
    }
  }
}

TEST(CoreFileTest, WhatIsNoCoreIsRefusedWithTheReason) {
  EXPECT_THAT(fault_of_core(std::string(100, 'x')), HasSubstr("no ELF"));
  std::string program = small_core();
  program[offsetof(Elf64_Ehdr, e_type)] = ET_EXEC;
  EXPECT_THAT(fault_of_core(program), HasSubstr("no core"));
  std::string narrow = small_core();
  narrow[EI_CLASS] = ELFCLASS32;
  EXPECT_THAT(fault_of_core(narrow), HasSubstr("not of this machine"));
}

}  // namespace
}  // namespace penstock::test
