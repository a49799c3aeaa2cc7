#include "journal/slot.hpp"

#include <cstdio>
#include <optional>
#include <string>
#include <system_error>

#include "platform/folder.hpp"

namespace penstock::journal {
namespace {

std::filesystem::path slot_folder(const std::filesystem::path& directory, int number) {
  char name[16];
  std::snprintf(name, sizeof name, "slot-%04d", number);
  return directory / name;
}

bool has_segments(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() == ".seg") return true;
  }
  return false;
}

}  // namespace

Result<Slot> Slot::take(const std::filesystem::path& directory) {
  if (Status status = platform::make_private_folder(directory); !status) return status;
  for (int number = 0; number < kSlotsMax; ++number) {
    const std::filesystem::path folder = slot_folder(directory, number);
    if (Status status = platform::make_private_folder(folder); !status) return status;
    auto lock = platform::FileLock::try_take(folder / "lock");
    if (!lock) return lock.status();
    if (lock->has_value()) return Slot(folder, **std::move(lock));
  }
  return Status(StatusCode::kDirectoryInUse,
                "all " + std::to_string(kSlotsMax) + " slots of " + directory.string() +
                    " are held by running processes; end some, or name another directory");
}

std::vector<Slot> Slot::take_orphans(const std::filesystem::path& directory) {
  std::vector<Slot> orphans;
  for (int number = 0; number < kSlotsMax; ++number) {
    const std::filesystem::path folder = slot_folder(directory, number);
    if (!has_segments(folder)) continue;
    auto lock = platform::FileLock::try_take(folder / "lock");
    if (lock && lock->has_value()) orphans.push_back(Slot(folder, **std::move(lock)));
  }
  return orphans;
}

}  // namespace penstock::journal
