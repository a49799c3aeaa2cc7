#include "support/core_file.hpp"

#include <elf.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace penstock::test {
namespace {

constexpr std::uint64_t kNoteAlignment = 4;

[[noreturn]] void refuse(const char* what) {
  throw std::runtime_error(std::string("not a core file that can be read: ") + what);
}

std::string_view part(std::string_view bytes, std::uint64_t offset, std::uint64_t size,
                      const char* what) {
  if (offset > bytes.size() || size > bytes.size() - offset) refuse(what);
  return bytes.substr(offset, size);
}

// Reads one thing behind the other.
class Reader {
 public:
  Reader(std::string_view bytes, const char* what) : rest_(bytes), what_(what) {}

  template <typename T>
  T take() {
    T value;
    const std::string_view bytes = take_bytes(sizeof value);
    std::memcpy(&value, bytes.data(), bytes.size());
    return value;
  }
  std::string_view take_bytes(std::uint64_t size) {
    const std::string_view taken = part(rest_, 0, size, what_);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view take_padded(std::uint64_t size) {
    const std::string_view taken = take_bytes(size);
    rest_.remove_prefix(
        std::min(rest_.size(), (kNoteAlignment - size % kNoteAlignment) % kNoteAlignment));
    return taken;
  }
  std::string_view take_text() {
    const auto end = rest_.find('\0');
    if (end == std::string_view::npos) refuse(what_);
    const std::string_view text = take_bytes(end);
    rest_.remove_prefix(1);
    return text;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  const char* what_;
};

std::vector<Elf64_Phdr> segments_of(std::string_view core) {
  const auto head = Reader(core, "the head is cut off").take<Elf64_Ehdr>();
  if (std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0) refuse("no ELF");
  constexpr auto kOrder = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
  if (head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_ident[EI_DATA] != kOrder)
    refuse("not of this machine");
  if (head.e_type != ET_CORE || head.e_phentsize != sizeof(Elf64_Phdr) || head.e_phnum == PN_XNUM)
    refuse("no core, or too many segments");
  constexpr const char* kCut = "the segments are cut off";
  Reader reader(part(core, head.e_phoff, head.e_phnum * sizeof(Elf64_Phdr), kCut), kCut);
  std::vector<Elf64_Phdr> segments;
  while (!reader.at_end()) segments.push_back(reader.take<Elf64_Phdr>());
  return segments;
}

struct FileAddresses {
  std::uint64_t begin, end;
  std::string file;
};

std::vector<FileAddresses> read_files(std::string_view note) {
  Reader reader(note, "the mapped files are cut off");
  const auto count = reader.take<std::uint64_t>();
  reader.take<std::uint64_t>();  // bytes of a page
  std::vector<FileAddresses> files;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto begin = reader.take<std::uint64_t>();
    const auto end = reader.take<std::uint64_t>();
    reader.take<std::uint64_t>();  // where in the file
    files.push_back({begin, end, ""});
  }
  for (FileAddresses& each : files) each.file = reader.take_text();
  return files;
}

std::vector<FileAddresses> files_in(std::string_view notes) {
  Reader reader(notes, "the notes are cut off");
  while (!reader.at_end()) {
    const auto head = reader.take<Elf64_Nhdr>();
    reader.take_padded(head.n_namesz);
    const std::string_view note = reader.take_padded(head.n_descsz);
    if (head.n_type == NT_FILE) return read_files(note);
  }
  return {};
}

}  // namespace

std::vector<MappedPages> mapped_pages(std::string_view core) {
  const auto segments = segments_of(core);
  std::vector<FileAddresses> files;
  for (const Elf64_Phdr& segment : segments) {
    const auto bytes = part(core, segment.p_offset, segment.p_filesz, "a segment is cut off");
    if (segment.p_type == PT_NOTE && files.empty()) files = files_in(bytes);
  }
  std::vector<MappedPages> pages;
  for (const FileAddresses& each : files) {
    for (const Elf64_Phdr& segment : segments) {
      if (segment.p_type != PT_LOAD) continue;
      const std::uint64_t begin = std::max(each.begin, segment.p_vaddr);
      const std::uint64_t end = std::min(each.end, segment.p_vaddr + segment.p_filesz);
      if (begin >= end) continue;
      pages.push_back({each.file, part(core, segment.p_offset + (begin - segment.p_vaddr),
                                       end - begin, "a segment is cut off")});
    }
  }
  return pages;
}

}  // namespace penstock::test
