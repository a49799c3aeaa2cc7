#include "session/session_file.hpp"

#include <cstring>

#include "journal/crc32c.hpp"
#include "wire/limits.hpp"

namespace penstock::session {
namespace {

constexpr std::uint64_t kMagic = 0x5353'4553'4B54'5350;  // "PSTKSESS"
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kFileBytes = 4096;
constexpr std::size_t kTextBytes = wire::kIdentifierBytesMax + 2;

// A word: phase and copy, a byte each, then their complement, so that damage is not taken for a
// session.
constexpr std::uint64_t word_of(Phase phase, unsigned copy) noexcept {
  const std::uint32_t low = static_cast<std::uint32_t>(phase) | std::uint32_t{copy} << 8;
  return std::uint64_t{low} | std::uint64_t{static_cast<std::uint32_t>(~low)} << 32;
}
constexpr Phase phase_of(std::uint64_t word) noexcept { return static_cast<Phase>(word & 0xFF); }
constexpr unsigned copy_of(std::uint64_t word) noexcept {
  return static_cast<unsigned>(word >> 8 & 0xFF);
}
constexpr bool is_word(std::uint64_t word) noexcept {
  return phase_of(word) <= Phase::kEnding && copy_of(word) <= 1 &&
         word == word_of(phase_of(word), copy_of(word));
}

}  // namespace

// One of two: the other one is whole while this one is being written.
struct SessionFile::Copy {
  std::uint32_t crc;  // CRC-32C of all below
  std::uint16_t session_bytes, user_bytes;
  std::int64_t started_at_unix_ms, started_at_steady_ms;
  char session[kTextBytes], user[kTextBytes];

  std::uint32_t sum() const noexcept {
    constexpr std::size_t begin = offsetof(Copy, session_bytes);
    return journal::crc32c(reinterpret_cast<const char*>(this) + begin, sizeof(Copy) - begin, 0);
  }
  bool is_whole() const noexcept {
    return crc == sum() && session_bytes <= kTextBytes && user_bytes <= kTextBytes;
  }
};

struct SessionFile::Page {
  std::uint64_t magic;
  std::uint64_t version;
  std::atomic<std::uint64_t> word;
  std::atomic<std::uint64_t> announced;  // 0: no event has its number yet
  std::atomic<std::uint64_t> start_seq;
  std::atomic<std::int64_t> active_at_unix_ms, active_at_steady_ms;
  Copy copies[2];
};

SessionFile::Page& SessionFile::page() const noexcept {
  return *reinterpret_cast<Page*>(file_.data());
}

const SessionFile::Copy& SessionFile::current() const noexcept {
  return page().copies[copy_of(page().word.load(std::memory_order_acquire))];
}

Result<SessionFile> SessionFile::open_or_create(const platform::Folder& folder) {
  static_assert(offsetof(Page, copies) == 56 && sizeof(Copy) == 544 && sizeof(Page) <= kFileBytes);
  auto file = platform::MappedFile::open_or_create(folder, kFileName, kFileBytes);
  if (!file) return file.status();
  SessionFile session(*std::move(file));
  session.make_valid();
  return session;
}

std::optional<SessionFile> SessionFile::open_if_there(const platform::Folder& folder) {
  if (!folder.has(kFileName)) return std::nullopt;
  auto session = open_or_create(folder);
  if (!session) return std::nullopt;
  return *std::move(session);
}

void SessionFile::make_valid() noexcept {
  Page& page = this->page();
  const std::uint64_t word = page.word.load(std::memory_order_acquire);
  const bool is_ours = page.magic == kMagic && page.version == kVersion && is_word(word);
  if (is_ours && (phase_of(word) == Phase::kNone || current().is_whole())) return;
  page.word.store(word_of(Phase::kNone, 0), std::memory_order_release);
  page.version = kVersion;
  page.magic = kMagic;
}

Phase SessionFile::phase() const noexcept {
  return phase_of(page().word.load(std::memory_order_acquire));
}
Who SessionFile::who() const noexcept {
  const Copy& copy = current();
  return {{copy.session, copy.session_bytes}, {copy.user, copy.user_bytes}};
}
std::int64_t SessionFile::started_at_unix_ms() const noexcept {
  return current().started_at_unix_ms;
}
std::int64_t SessionFile::started_at_steady_ms() const noexcept {
  return current().started_at_steady_ms;
}
std::uint64_t SessionFile::start_seq() const noexcept { return page().start_seq.load(); }
std::int64_t SessionFile::active_at_unix_ms() const noexcept {
  return page().active_at_unix_ms.load(std::memory_order_relaxed);
}
std::int64_t SessionFile::active_at_steady_ms() const noexcept {
  return page().active_at_steady_ms.load(std::memory_order_relaxed);
}
std::atomic<std::uint64_t>& SessionFile::announced() noexcept { return page().announced; }

// --- Changes ------------------------------------------------------------------------------------

// The word is stored last, and by it a change takes place. A processor keeps the order of one
// thread's stores for whoever looks after a kill; the release keeps the compiler to it.
void SessionFile::set_phase(Phase phase, unsigned copy) noexcept {
  page().word.store(word_of(phase, copy), std::memory_order_release);
}

unsigned SessionFile::write_other(const Who& who, std::int64_t unix_ms,
                                  std::int64_t steady_ms) noexcept {
  const unsigned other = 1 - copy_of(page().word.load(std::memory_order_relaxed));
  Copy& copy = page().copies[other];
  copy.session_bytes = copy.user_bytes = 0;
  std::memset(copy.session, 0, sizeof copy.session);
  std::memset(copy.user, 0, sizeof copy.user);
  if (who.session.size() <= kTextBytes) {
    std::memcpy(copy.session, who.session.data(), who.session.size());
    copy.session_bytes = static_cast<std::uint16_t>(who.session.size());
  }
  if (who.user.size() <= kTextBytes && !who.user.empty()) {
    std::memcpy(copy.user, who.user.data(), who.user.size());
    copy.user_bytes = static_cast<std::uint16_t>(who.user.size());
  }
  copy.started_at_unix_ms = unix_ms;
  copy.started_at_steady_ms = steady_ms;
  copy.crc = copy.sum();
  return other;
}

void SessionFile::begin(const Who& who, std::int64_t unix_ms, std::int64_t steady_ms) noexcept {
  const unsigned copy = write_other(who, unix_ms, steady_ms);
  page().announced.store(0, std::memory_order_relaxed);
  page().start_seq.store(0, std::memory_order_relaxed);
  page().active_at_unix_ms.store(unix_ms, std::memory_order_relaxed);
  page().active_at_steady_ms.store(steady_ms, std::memory_order_relaxed);
  set_phase(Phase::kStarting, copy);
}

void SessionFile::started() noexcept {
  page().start_seq.store(page().announced.load());
  stay_open();
}

void SessionFile::set_user(std::string_view user) noexcept {
  const Copy& now = current();
  const unsigned copy = write_other({{now.session, now.session_bytes}, user},
                                    now.started_at_unix_ms, now.started_at_steady_ms);
  set_phase(Phase::kOpen, copy);
}

void SessionFile::begin_end() noexcept {
  page().announced.store(0, std::memory_order_release);
  set_phase(Phase::kEnding, copy_of(page().word.load(std::memory_order_relaxed)));
}

void SessionFile::stay_open() noexcept {
  set_phase(Phase::kOpen, copy_of(page().word.load(std::memory_order_relaxed)));
}

void SessionFile::ended() noexcept {
  set_phase(Phase::kNone, copy_of(page().word.load(std::memory_order_relaxed)));
}

void SessionFile::note_activity(std::int64_t unix_ms, std::int64_t steady_ms) noexcept {
  page().active_at_unix_ms.store(unix_ms, std::memory_order_relaxed);
  page().active_at_steady_ms.store(steady_ms, std::memory_order_relaxed);
}

}  // namespace penstock::session
