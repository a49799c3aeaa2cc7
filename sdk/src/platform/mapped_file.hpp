// A file whose bytes are memory: what is stored there is in the kernel's hands at once.
#pragma once

#include <cstddef>
#include <optional>

#include "penstock/status.hpp"
#include "platform/folder.hpp"

namespace penstock::platform {

enum class Present { kNot, kYes };

// Movable; unmapped at the end, the file stays. No allocation unless a call fails. One thread at a
// time, but the bytes are for all.
class MappedFile {
 public:
  // A new file of `bytes` zeros. The space is allocated before it is mapped, so that a full disk is
  // kStorageFull here and never a SIGBUS later. If its pages are made present, which takes a
  // millisecond for 1 MiB, no store into them waits for the file system.
  static Result<MappedFile> create(const Folder& folder, const char* name, std::size_t bytes,
                                   Present present);

  // An existing file, made larger with zeros if it has less than `bytes_min`. Fails with kIo,
  // before anything is allocated, if it has more than `bytes_max`, or can have come from somebody
  // else (trust.hpp). If somebody makes it shorter while it is mapped, which only this user can,
  // the next access to what is gone is a SIGBUS.
  static Result<MappedFile> open(const Folder& folder, const char* name, std::size_t bytes_min,
                                 std::size_t bytes_max);

  // The same of a few bytes, or a new one: several processes may ask at once. One that is damaged
  // is the caller's to judge.
  static Result<MappedFile> open_or_create(const Folder& folder, const char* name,
                                           std::size_t bytes);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  char* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

  // Writes the bytes into a new file of this name, which takes the place of the old one, at the
  // same address. A kill meanwhile leaves "<name>.tmp". What another thread stores meanwhile may be
  // lost. Fails with kIo, kStorageFull or kOutOfMemory; then nothing has changed.
  Status move_to(const Folder& folder, const char* name);
  // `other`, of the same size, takes the place of the bytes here, at the same address. Fails with
  // kOutOfMemory; then nothing has changed.
  Status become(MappedFile&& other) noexcept;

  // Makes the pages of the `bytes` at `from` present, as far as there are that many.
  void populate(std::size_t from, std::size_t bytes) const noexcept;
  // Forces the first `bytes` to the disk; waits for it.
  Status sync(std::size_t bytes) const;

 private:
  MappedFile(char* data, std::size_t size) noexcept : data_(data), size_(size) {}
  static std::optional<MappedFile> allocate_and_map(int fd, std::size_t size) noexcept;
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace penstock::platform
