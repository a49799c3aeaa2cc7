#include "journal/ledger.hpp"

#include <atomic>
#include <numeric>
#include <string>

#include "journal/crc32c.hpp"
#include "journal/later_version.hpp"

namespace penstock::journal {

using platform::MutexLock;

namespace {

constexpr std::uint64_t kMagic = 0x474C'4B545350;  // "PSTKLG"
constexpr std::uint32_t kVersion = 2;
constexpr std::size_t kFileBytes = 16 * 1024;
constexpr std::size_t kFileBytesMax = 1024 * 1024;  // of later versions

}  // namespace

// One of two: the other one is whole while this one is being written.
struct Ledger::Copy {
  // Stored last; the higher one counts. 0: being written, or never was
  std::atomic<std::uint64_t> generation;
  std::uint32_t crc;  // CRC-32C of the generation and of all below
  std::uint32_t reserved;
  wire::Uuid install_id;
  std::uint64_t settled_seq;
  Settled settled;
  DropTotals reported;

  std::uint32_t sum(std::uint64_t of_generation) const noexcept {
    constexpr std::size_t begin = offsetof(Copy, install_id);
    const std::uint32_t seed = crc32c(&of_generation, sizeof of_generation, 0);
    return crc32c(reinterpret_cast<const char*>(this) + begin, sizeof(Copy) - begin, seed);
  }
  bool is_whole() const noexcept {
    const std::uint64_t of_generation = generation.load(std::memory_order_acquire);
    return of_generation != 0 && crc == sum(of_generation);
  }
};

// The file. All zeros is one that nothing was counted in.
struct Ledger::Page {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t seal;  // as seal_of()
  Copy copies[2];
  std::atomic<std::uint64_t> refused[kRefusalCodes][kTypeCodes];
};

Ledger::Page& Ledger::page() const noexcept { return *reinterpret_cast<Page*>(file_.data()); }
const Ledger::Copy& Ledger::current() const noexcept { return page().copies[current_]; }

Result<std::unique_ptr<Ledger>> Ledger::open(const platform::Folder& folder) {
  static_assert(sizeof(Copy) == 4392 && offsetof(Page, refused) == 8800 &&
                sizeof(Page) <= kFileBytes);
  if (folder.has(kFileName)) {
    auto file = platform::MappedFile::open(folder, kFileName, kFileBytes, kFileBytesMax);
    if (!file) return file.status();
    auto ledger = std::unique_ptr<Ledger>(new Ledger(*std::move(file)));
    const Page& page = ledger->page();
    if (page.magic == kMagic && page.version > kVersion &&
        page.seal == seal_of(page.version, kVersion))
      return of_later_version(folder.path() / kFileName);
    if (ledger->choose_copy()) return ledger;
    const std::string bad = std::string(kFileName) + ".bad";
    if (Status set_aside = folder.rename(kFileName, bad.c_str()); !set_aside) return set_aside;
  }
  auto file = platform::MappedFile::create(folder, kFileName, kFileBytes, platform::Present::kYes);
  if (!file) return file.status();
  auto ledger = std::unique_ptr<Ledger>(new Ledger(*std::move(file)));
  ledger->choose_copy();
  return ledger;
}

Status Ledger::move_to(const platform::Folder& folder) {
  const MutexLock lock(mutex_);
  return file_.move_to(folder, kFileName);
}

// False if this is not a ledger, or neither copy is whole.
bool Ledger::choose_copy() noexcept {
  const MutexLock lock(mutex_);
  Page& page = this->page();
  if (page.magic == 0) {  // new, or killed before this
    page.version = kVersion;
    page.magic = kMagic;
  }
  if (page.magic != kMagic || page.version != kVersion) return false;
  const Copy* const copies = page.copies;
  const auto generation = [&](std::size_t i) { return copies[i].generation.load(); };
  const bool whole[2] = {copies[0].is_whole(), copies[1].is_whole()};
  if (!whole[0] && !whole[1]) return generation(0) == 0 && generation(1) == 0;
  current_ = whole[1] && (!whole[0] || generation(1) > generation(0)) ? 1 : 0;
  return true;
}

template <typename Change>
void Ledger::commit(Change change) noexcept {
  const Copy& from = current();
  Copy& to = page().copies[1 - current_];
  // The processor keeps the order of one thread's stores for whoever looks later; the fences keep
  // the compiler to it.
  to.generation.store(0, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  to.install_id = from.install_id;
  to.settled_seq = from.settled_seq;
  to.settled = from.settled;
  to.reported = from.reported;
  change(to);
  const std::uint64_t generation = from.generation.load(std::memory_order_relaxed) + 1;
  to.crc = to.sum(generation);
  to.generation.store(generation, std::memory_order_release);
  current_ = 1 - current_;
}

wire::Uuid Ledger::install_id() const noexcept {
  const MutexLock lock(mutex_);
  return current().install_id;
}

void Ledger::count_for(const wire::Uuid& install_id) noexcept {
  const MutexLock lock(mutex_);
  if (current().install_id == install_id) return;
  commit([&](Copy& copy) {
    copy.install_id = install_id;
    copy.settled_seq = 0;
  });
}

void Ledger::settle(const wire::Uuid& install_id, std::uint64_t seq,
                    const Settled& counts) noexcept {
  const MutexLock lock(mutex_);
  commit([&](Copy& copy) {
    copy.install_id = install_id;
    copy.settled_seq = seq;
    for (std::size_t type = 0; type < counts.size(); ++type) {
      for (std::size_t fate = 0; fate < kFateCodes; ++fate)
        copy.settled[type][fate] += counts[type][fate];
    }
  });
}

std::uint64_t Ledger::settled_seq(const wire::Uuid& install_id) const noexcept {
  const MutexLock lock(mutex_);
  return current().install_id == install_id ? current().settled_seq : 0;
}

Settled Ledger::settled() const noexcept {
  const MutexLock lock(mutex_);
  return current().settled;
}

DropTotals Ledger::reported() const noexcept {
  const MutexLock lock(mutex_);
  return current().reported;
}

void Ledger::report(const DropTotals& reported) noexcept {
  const MutexLock lock(mutex_);
  commit([&](Copy& copy) { copy.reported = reported; });
}

Totals Ledger::totals() const noexcept {
  const MutexLock lock(mutex_);
  Totals totals;
  for (std::size_t reason = 0; reason < kRefusalCodes; ++reason) {
    for (const auto& count : page().refused[reason])
      totals.dropped.refused[reason] += count.load(std::memory_order_relaxed);
  }
  for (const auto& of_type : current().settled) {
    totals.acknowledged += of_type[code_of(Fate::kAcknowledged)];
    totals.rejected += of_type[code_of(Fate::kRejected)];
    for (std::size_t fate = kFirstDropCode; fate < kFateCodes; ++fate)
      totals.dropped.later[fate] += of_type[fate];
  }
  return totals;
}

void Ledger::refuse(wire::DropReason reason, wire::TypeId type) noexcept {
  page().refused[code_of(reason).code][code_of(type)].fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t Ledger::refused(std::size_t reason, std::size_t type) const noexcept {
  return page().refused[reason][type].load(std::memory_order_relaxed);
}

std::uint64_t DropTotals::of(wire::DropReason reason) const noexcept {
  std::uint64_t sum = 0;
  for (std::size_t code = 0; code < kRefusalCodes; ++code)
    sum += reason_of({false, code}) == reason ? refused[code] : 0;
  for (std::size_t code = kFirstDropCode; code < kFateCodes; ++code)
    sum += reason_of({true, code}) == reason ? later[code] : 0;
  return sum;
}

std::uint64_t Totals::settled() const noexcept {
  return std::accumulate(dropped.later.begin(), dropped.later.end(), acknowledged + rejected);
}

Totals& Totals::operator+=(const Totals& more) noexcept {
  acknowledged += more.acknowledged;
  rejected += more.rejected;
  for (std::size_t i = 0; i < kRefusalCodes; ++i) dropped.refused[i] += more.dropped.refused[i];
  for (std::size_t i = 0; i < kFateCodes; ++i) dropped.later[i] += more.dropped.later[i];
  return *this;
}

}  // namespace penstock::journal
