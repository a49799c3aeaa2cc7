#include <thread>

#include "journal/journal_impl.hpp"

namespace penstock::journal {

// Sealed meanwhile, and as before afterwards.
class Journal::Impl::Sealed {
 public:
  explicit Sealed(Impl& journal) noexcept : journal_(journal) {
    journal.seal_current();
    const Cursor now(journal.cursor_.load());
    generation_ = now.generation();
    index_ = now.index();
  }
  ~Sealed() {
    if (was_sealed_) return;
    std::atomic<std::size_t>& end = journal_.table_.at(generation_).sealed_end;
    journal_.cursor_.store(Cursor(generation_, index_, end.exchange(0)).word());
  }
  Sealed(const Sealed&) = delete;
  Sealed& operator=(const Sealed&) = delete;

 private:
  Impl& journal_;
  const bool was_sealed_ = Cursor(journal_.cursor_.load()).is_sealed();
  std::uint64_t generation_ = 0, index_ = 0;
};

bool Journal::Impl::is_gone() const noexcept {
  const std::lock_guard roll(roll_);
  const std::lock_guard reader(reader_);
  const Segment& current = *table_.at(Cursor(cursor_.load()).generation()).segment.load();
  return !folder_.has(Ledger::kFileName) || (!current_is_lost_ && !folder_.has(current.name()));
}

// What is pending is written anew, also what track() has returned ok for since the files were deleted.
Status Journal::Impl::move_to(const std::filesystem::path& folder) noexcept try {
  auto held = platform::Folder::open(folder);
  if (!held) return held.status();
  const std::lock_guard tending(tending_);
  const std::lock_guard roll(roll_);  // nobody begins a segment
  const Sealed sealed(*this);         // and nobody reserves a record any more
  const std::lock_guard reader(reader_);
  look_at_earlier();
  {
    const std::lock_guard spare(spare_mutex_);
    if (spare_) budget_.give_back(spare_->size());
    spare_.reset();
  }
  // Who has reserved a record before is about to commit it.
  const std::uint64_t current = Cursor(cursor_.load()).generation();
  const std::size_t end = table_.at(current).sealed_end.load();
  for (;;) {
    const Position reached = walk(done_, [](const Segment::Entry&) { return true; });
    if (reached.generation == current && reached.offset == end) break;
    std::this_thread::yield();
  }
  for (std::uint64_t generation = done_.generation;;
       generation = (generation + 1) % Cursor::kGenerations) {
    Segment& segment = *table_.at(generation).segment.load();
    if (generation == current && current_is_lost_) break;
    if (Status moved = segment.move_to(*held); !moved) return moved;
    if (generation == current) break;
  }
  if (Status moved = ledger_.move_to(*held); !moved) return moved;
  folder_ = *std::move(held);
  return {};
} catch (...) {
  return {StatusCode::kOutOfMemory, {}};
}

}  // namespace penstock::journal
