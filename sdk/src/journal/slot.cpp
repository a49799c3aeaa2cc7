#include "journal/slot.hpp"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>

#include "platform/folder.hpp"

namespace penstock::journal {
namespace {

constexpr const char* kLockName = "lock";

struct SlotName {
  explicit SlotName(int number) { std::snprintf(text, sizeof text, "slot-%04d", number); }
  char text[24];
};

bool has_segments(const platform::Folder& folder) {
  const auto names = folder.names();
  return names && std::any_of(names->begin(), names->end(),
                              [](const std::string& name) { return name.ends_with(".seg"); });
}

}  // namespace

Result<std::optional<Slot::Locks>> Slot::try_lock(const platform::Folder& folder) {
  auto whole = platform::FileLock::try_take_folder(folder);
  if (!whole) return whole.status();
  if (!whole->has_value()) return std::optional<Locks>();
  auto file = platform::FileLock::try_take(folder, kLockName);
  if (!file) return file.status();
  if (!file->has_value()) return std::optional<Locks>();
  return std::optional<Locks>(Locks{**std::move(whole), **std::move(file)});
}

Result<Slot> Slot::take(const std::filesystem::path& directory, int first) {
  const auto held = platform::Folder::open_or_create(directory);
  if (!held) return held.status();
  for (int number = first; number < kSlotsMax; ++number) {
    const auto folder = held->open_or_create_folder(SlotName(number).text);
    if (!folder) return folder.status();
    auto lock = try_lock(*folder);
    if (!lock) return lock.status();
    if (lock->has_value()) return Slot(folder->path(), number, **std::move(lock));
  }
  return Status(StatusCode::kDirectoryInUse,
                "all " + std::to_string(kSlotsMax) + " slots of " + directory.string() +
                    " are held by running processes, or by a later version of Penstock; end some, "
                    "or name another directory");
}

Result<Slot> Slot::take_empty(const std::filesystem::path& directory) {
  for (int first = 0;;) {
    auto slot = take(directory, first);
    if (!slot) return slot;
    const auto folder = platform::Folder::open(slot->folder());
    if (!folder) return folder.status();
    const auto names = folder->names();
    if (!names) return names.status();
    if (names->size() == 1) return slot;  // the lock
    first = slot->number() + 1;
  }
}

void Slot::visit_orphans(const std::filesystem::path& directory,
                         const std::function<bool(Slot)>& each) {
  const auto held = platform::Folder::open(directory);
  if (!held) return;
  for (int number = 0; number < kSlotsMax; ++number) {
    const SlotName name(number);
    if (!held->has(name.text)) continue;
    const auto folder = held->open_folder(name.text);
    if (!folder || !has_segments(*folder)) continue;
    auto lock = try_lock(*folder);
    if (!lock || !lock->has_value()) continue;
    if (!each(Slot(folder->path(), number, **std::move(lock)))) return;
  }
}

std::vector<Slot> Slot::take_orphans(const std::filesystem::path& directory) {
  std::vector<Slot> orphans;
  visit_orphans(directory, [&](Slot slot) {
    orphans.push_back(std::move(slot));
    return true;
  });
  return orphans;
}

}  // namespace penstock::journal
