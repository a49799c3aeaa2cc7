// What a kill must not take of a session: a file in the slot's folder, mapped, from which whoever
// finds it can tell that a session is open, and record its end exactly once.
//
//   kNone ─begin()─► kStarting ─started()─► kOpen ─begin_end()─► kEnding ─ended()─► kNone
//
// In kStarting and kEnding an event is being appended, and announced() gets its number before it is
// valid (Writer::append). So after a kill the number tells whether the event is there: see
// killed_session.hpp. docs/journal-format.md has the layout, and the argument.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "penstock/status.hpp"
#include "platform/folder.hpp"
#include "platform/mapped_file.hpp"
#include "session/session_event.hpp"

namespace penstock::session {

enum class Phase : std::uint8_t { kNone, kStarting, kOpen, kEnding };

// One thread at a time, but for note_activity().
class SessionFile {
 public:
  static constexpr const char* kFileName = "session";

  // The file in `folder`, which the caller has locked; a new one if there is none. One that is
  // damaged, or of a later version, is as one without a session, and is written anew. Fails with
  // kIo or kStorageFull.
  static Result<SessionFile> open_or_create(const platform::Folder& folder);
  // Nothing if there is none, or none that can be opened.
  static std::optional<SessionFile> open_if_there(const platform::Folder& folder);

  // Goes on in `folder`. Fails with kIo or kStorageFull; then it is where it was.
  Status move_to(const platform::Folder& folder) { return file_.move_to(folder, kFileName); }

  Phase phase() const noexcept;
  Who who() const noexcept;  // valid until the next change
  std::int64_t started_at_unix_ms() const noexcept;
  std::int64_t started_at_steady_ms() const noexcept;
  // Behind started(): the number of the event that began the session.
  std::uint64_t start_seq() const noexcept;
  // Of the last activity; at first of the start.
  std::int64_t active_at_unix_ms() const noexcept;
  std::int64_t active_at_steady_ms() const noexcept;

  // --- Changes, each durable against kill -9 as a whole or not at all ----------------------------

  // Texts of more than an identifier's bytes are not taken: they are no identifiers.
  void begin(const Who& who, std::int64_t unix_ms, std::int64_t steady_ms) noexcept;
  void started() noexcept;
  // Of an open session.
  void set_user(std::string_view user) noexcept;
  void begin_end() noexcept;
  // Back to kOpen: the end could not be appended.
  void stay_open() noexcept;
  void ended() noexcept;

  // Where Writer::append() announces the number of the event of this phase.
  std::atomic<std::uint64_t>& announced() noexcept;
  // Any thread. Two stores, and none if `unix_ms` is what it was.
  void note_activity(std::int64_t unix_ms, std::int64_t steady_ms) noexcept;

 private:
  struct Page;
  struct Copy;

  explicit SessionFile(platform::MappedFile file) noexcept : file_(std::move(file)) {}
  Page& page() const noexcept;
  const Copy& current() const noexcept;
  void make_valid() noexcept;
  // `who` and the times into the copy that is not current; returns its number.
  unsigned write_other(const Who& who, std::int64_t unix_ms, std::int64_t steady_ms) noexcept;
  void set_phase(Phase phase, unsigned copy) noexcept;

  platform::MappedFile file_;
};

}  // namespace penstock::session
