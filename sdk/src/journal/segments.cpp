#include "journal/segments.hpp"

#include <utility>

namespace penstock::journal {
namespace {

// The current one, the next, one being made, one being let go.
constexpr std::uint64_t kSegmentsBeside = 4;

}  // namespace

Segments::Segments(FolderPtr folder, const JournalOptions& options, const wire::Uuid& install_id,
                   std::size_t earlier)
    : table_(earlier + 1 + segments_max(options) + kSegmentsBeside),
      budget_(segments_max(options) * options.segment_bytes),
      folder_(std::move(folder)),
      install_id_(install_id) {}

std::uint64_t Segments::last_seq() const noexcept {
  for (;;) {
    const Cursor cursor(cursor_.load(std::memory_order_seq_cst));
    // Acquire: whoever gave the place to another segment had moved the cursor before.
    const std::uint64_t base =
        table_.at(cursor.generation()).base_seq.load(std::memory_order_acquire);
    if (Cursor(cursor_.load(std::memory_order_relaxed)).generation() == cursor.generation()) {
      return base + cursor.index() - 1;
    }
  }
}

bool Segments::step_to_next(Position& position) const noexcept {
  const std::size_t sealed_end =
      table_.at(position.generation).sealed_end.load(std::memory_order_acquire);
  if (sealed_end == 0 || position.offset < sealed_end) return false;
  if (cursor_now().generation() == position.generation) return false;
  position = {(position.generation + 1) % Cursor::kGenerations, kFirstRecord};
  return true;
}

void Segments::seal() noexcept {
  std::uint64_t word = cursor_.load();
  if (Cursor(word).is_sealed()) return;
  while (!cursor_.compare_exchange_weak(word, Cursor(word).sealed().word())) {
  }
  const Cursor last(word);
  table_.at(last.generation()).sealed_end.store(last.offset(), std::memory_order_release);
}

Segments::FolderPtr Segments::folder() const noexcept {
  const platform::MutexLock lock(mutex_);
  return folder_;
}

void Segments::set_folder(FolderPtr folder) noexcept {
  const platform::MutexLock lock(mutex_);
  folder_ = std::move(folder);
}

wire::Uuid Segments::install_id() const noexcept {
  const platform::MutexLock lock(mutex_);
  return install_id_;
}

void Segments::set_install_id(const wire::Uuid& install_id) noexcept {
  const platform::MutexLock lock(mutex_);
  install_id_ = install_id;
}

}  // namespace penstock::journal
