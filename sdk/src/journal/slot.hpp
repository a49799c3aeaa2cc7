// The folder of one writer within the directory that an application names.
//
//   <directory>/slot-0000/lock     held by the process that writes there
//                        /*.seg    the journal's segments
//
// Each process takes the first slot that is free, so a program of one process always has slot-0000.
// A slot that a dead process left is free again: the next process to start adopts what is pending
// in it.
#pragma once

#include <filesystem>
#include <functional>
#include <utility>
#include <vector>

#include "penstock/status.hpp"
#include "platform/file_lock.hpp"

namespace penstock::journal {

inline constexpr int kSlotsMax = 64;  // processes that can share one directory at the same time

// A locked slot; the lock goes with the object (and with the process, however it ends). Movable.
class Slot {
 public:
  // Creates `directory` (0700) if it is missing, and locks the first free slot in it from number
  // `first` on, creating it if needed. Fails with kIo (unreadable, read-only, not a folder, or one
  // that others than this user may write: the message has the path and the cure) or kDirectoryInUse
  // when no slot is free: kSlotsMax processes hold one each.
  static Result<Slot> take(const std::filesystem::path& directory, int first = 0);

  // The same of one that nothing was ever written in.
  static Result<Slot> take_empty(const std::filesystem::path& directory);

  // Gives `each` other slots that are free and hold segments, locked, one by one until it returns
  // false: what killed processes left. A slot that cannot be read, or that others may write, is
  // passed over. Lists the directory: not for a thread in a hurry.
  static void visit_orphans(const std::filesystem::path& directory,
                            const std::function<bool(Slot)>& each);
  // All of them. Until they go no process that starts can have one.
  static std::vector<Slot> take_orphans(const std::filesystem::path& directory);

  const std::filesystem::path& folder() const noexcept { return folder_; }
  int number() const noexcept { return number_; }
  // Somebody has deleted it under the running program.
  bool is_gone() const noexcept { return locks_.file.is_gone(); }

 private:
  // The file's is for all to see, also for earlier versions; but somebody may delete the file alone,
  // and then the folder's still holds.
  struct Locks {
    platform::FileLock folder, file;
  };
  // nullopt: somebody else has one of them.
  static Result<std::optional<Locks>> try_lock(const platform::Folder& folder);

  Slot(std::filesystem::path folder, int number, Locks locks) noexcept
      : folder_(std::move(folder)), number_(number), locks_(std::move(locks)) {}

  std::filesystem::path folder_;
  int number_;
  Locks locks_;
};

}  // namespace penstock::journal
