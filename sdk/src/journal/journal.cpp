#include "journal/journal.hpp"

#include <optional>
#include <string>
#include <utility>

#include "journal/recovery.hpp"

namespace penstock::journal {

using platform::MutexLock;

// --- Open and close -----------------------------------------------------------------------------

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& path,
                                               const JournalOptions& options) noexcept try {
  auto opened = platform::Folder::open(path);
  if (!opened) return opened.status();
  auto folder = std::make_shared<const platform::Folder>(*std::move(opened));
  auto ledger = Ledger::open(*folder);
  if (!ledger) return ledger.status();
  auto recovered = recover_last(*folder, **ledger);
  if (!recovered) return recovered.status();
  const std::uint64_t pending = recovered->last ? recovered->last->pending : 0;
  auto journal = std::unique_ptr<Journal>(
      new Journal(std::move(folder), options, *recovered, *std::move(ledger)));
  if (Status begun = journal->writer_.begin(*recovered); !begun) return begun;
  journal->reader_.begin(pending);
  return journal;
} catch (...) {
  return Status(StatusCode::kOutOfMemory, {});
}

Journal::Journal(Segments::FolderPtr folder, const JournalOptions& options,
                 const Recovered& recovered, std::unique_ptr<Ledger> ledger)
    : segments_(std::move(folder), options, recovered.earlier.install_id,
                recovered.earlier.names.size()),
      ledger_(std::move(ledger)),
      writer_(options, segments_),
      reader_(segments_, *ledger_, recovered.earlier, recovered.report) {}

Journal::~Journal() {
  const Cursor cursor = segments_.cursor_now();
  Place& place = segments_.at(cursor.generation());
  if (place.segment.load() == nullptr) return;
  const std::size_t end = cursor.is_sealed() ? place.sealed_end.load() : cursor.offset();
  std::optional<Segment> last = segments_.table().take(cursor.generation());
  const std::string name = last->name();
  last.reset();  // first: nothing may be mapped behind a file's end
  // Space that this fails to give back is used by the next open.
  static_cast<void>(segments_.folder()->shrink(name.c_str(), end));
}

void Journal::maintain() noexcept try {
  reader_.populate();
  writer_.maintain();
} catch (...) {  // no memory for an error's text: append() will try for itself
}

// --- Purge --------------------------------------------------------------------------------------

Status Journal::purge(wire::DropReason reason, InstallId install_id, Afterwards afterwards) noexcept
    try {
  const MutexLock writing(writer_.mutex());  // nobody begins a segment
  segments_.seal();                          // and nobody reserves a record any more
  const MutexLock reading(reader_.mutex());
  reader_.drop_all(reason);
  if (afterwards == Afterwards::kShut) writer_.refuse(StatusCode::kNotAllowed);
  if (install_id == InstallId::kNew) segments_.set_install_id(wire::random_uuid());
  return begin_after_purge();
} catch (...) {
  return {StatusCode::kOutOfMemory, {}};
}

Status Journal::begin_after_purge() noexcept try {
  // Names go first and in any case, bytes when nobody looks at them any more.
  remove_all_segments();
  ledger_->count_for(segments_.install_id());
  Writer::Begun begun = writer_.begin_after_purge();
  if (begun.replaced) reader_.go_on_behind(*std::move(begun.replaced));
  return std::move(begun.status);
} catch (...) {
  writer_.refuse(StatusCode::kClosed);
  return {StatusCode::kOutOfMemory, {}};
}

// Those too that could not be read, or were set aside.
void Journal::remove_all_segments() const {
  const auto folder = segments_.folder();
  const auto names = folder->names();
  if (!names) return;
  for (const std::string& name : *names) {
    if (name.ends_with(".seg") || name.ends_with(".bad")) folder->remove(name.c_str());
  }
}

// --- Move ---------------------------------------------------------------------------------------

// Nobody reserves a record as long as it lives. For who keeps the writer's lock.
class Journal::SealedMeanwhile {
 public:
  explicit SealedMeanwhile(Segments& segments) noexcept : segments_(segments) {
    segments.seal();
    const Cursor now(segments.cursor().load());
    generation_ = now.generation();
    index_ = now.index();
  }
  ~SealedMeanwhile() {
    if (was_sealed_) return;
    std::atomic<std::size_t>& end = segments_.at(generation_).sealed_end;
    segments_.cursor().store(Cursor(generation_, index_, end.exchange(0)).word());
  }
  SealedMeanwhile(const SealedMeanwhile&) = delete;
  SealedMeanwhile& operator=(const SealedMeanwhile&) = delete;

 private:
  Segments& segments_;
  const bool was_sealed_ = Cursor(segments_.cursor().load()).is_sealed();
  std::uint64_t generation_ = 0, index_ = 0;
};

bool Journal::is_gone() const noexcept {
  const MutexLock writing(writer_.mutex());
  return !segments_.folder()->has(Ledger::kFileName) || writer_.current_is_gone();
}

// What is pending is written anew, also what track() has returned ok for since the files were
// deleted.
Status Journal::move_to(const std::filesystem::path& path) noexcept try {
  auto opened = platform::Folder::open(path);
  if (!opened) return opened.status();
  auto folder = std::make_shared<const platform::Folder>(*std::move(opened));
  const MutexLock filling(writer_.reserve().filling());
  const MutexLock writing(writer_.mutex());
  const SealedMeanwhile sealed(segments_);
  const MutexLock reading(reader_.mutex());
  writer_.reserve().discard();
  reader_.wait_until_committed();
  if (Status moved = reader_.move_pending(*folder, !writer_.current_is_lost()); !moved)
    return moved;
  if (Status moved = ledger_->move_to(*folder); !moved) return moved;
  segments_.set_folder(std::move(folder));
  return {};
} catch (...) {
  return {StatusCode::kOutOfMemory, {}};
}

}  // namespace penstock::journal
