// The folder of one writer within the directory that an application names.
//
//   <directory>/slot-0000/lock         held (flock) by the process that writes there
//                        /install-id   UUID text; with the sequence numbers it names each event for ever
//                        /*.seg        the journal's segments
//
// Each process takes the first slot that is free, so a program of one process always has slot-0000 and keeps
// its install id. A slot that a dead process left is free again: the next process to start adopts what is
// pending in it, under that slot's own install id, so that a resend is recognised as the same event.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "penstock/status.hpp"

namespace penstock::journal {

inline constexpr int kSlotsMax = 64;  // processes that can share one directory at the same time

// A locked slot; the lock goes with the object (and with the process, however it ends). Movable.
class Slot {
 public:
  // Creates `directory` (0700) if it is missing, and locks the first free slot in it, creating it if needed.
  // Fails with kIo (unreadable, read-only, not a folder: the message has the path and the cure) or
  // kDirectoryInUse when kSlotsMax processes hold one each.
  static Result<Slot> take(const std::filesystem::path& directory) noexcept;

  // Locks every other slot that is free and holds segments: what killed processes left. Never fails; a slot
  // that cannot be read is passed over.
  static std::vector<Slot> take_orphans(const std::filesystem::path& directory) noexcept;

  const std::filesystem::path& folder() const noexcept { return folder_; }
  const std::string& install_id() const noexcept { return install_id_; }

  Slot(Slot&& other) noexcept;
  Slot& operator=(Slot&& other) noexcept;
  ~Slot();

 private:
  Slot(std::filesystem::path folder, std::string install_id, int lock_fd) noexcept;
  std::filesystem::path folder_;
  std::string install_id_;
  int lock_fd_ = -1;
};

}  // namespace penstock::journal
