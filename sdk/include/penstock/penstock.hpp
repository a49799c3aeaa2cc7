// The C++ API of Penstock. Link penstock::sdk.
//
// Threads    Every method of Client may be called from any thread, also at the same time; only
//            moving and destroying one are for a thread that has it alone.
// Processes  In a child that fork() made, each method of a client of its parent returns kClosed at
//            once (and stats() zeros), and destroying it touches nothing of the parent's. A child
//            may open a client of its own.
// exit()     A client that is still there is sent off by a handler, registered in the first open():
//            the handler waits up to 2 seconds for what is recorded to be acknowledged, unless the
//            last request failed, and ends the sender. track() keeps events as before, for the next
//            run.
// Cancelling No method is a cancellation point (pthread_cancel): a pending one acts behind it.
// Errors     Nothing here throws. A Status must be looked at: code() is for programs, message()
//            for people.
// Ownership  Arguments are read before the call returns and stay the caller's.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "penstock/event.hpp"
#include "penstock/export.h"
#include "penstock/layout.hpp"
#include "penstock/options.hpp"
#include "penstock/status.hpp"

namespace penstock {

enum class SenderState {
  kRunning,   // sends, or waits for something to send
  kRetrying,  // the last request failed; another follows by itself
  // The server refused (400, 401, 403, 415), which a person has to cure: another request follows by
  // itself after a minute, later after up to an hour, and at once with flush()
  kRefused,
};

// What the user has said about being recorded. Kept in Options::directory, for all processes that
// share it, and for later runs.
enum class Consent {
  kUnknown,  // nothing yet: Options::without_consent says what that means
  kGranted,
  kDenied,
};

// Counts of one Client since open(), unless it says otherwise.
struct Stats {
  // track() returned ok, and what sessions and pages have recorded
  std::uint64_t recorded = 0;
  // Recorded by an earlier run, or by a process that is gone. Found by the sender after open(): it
  // may grow as long as `recovering`
  std::uint64_t adopted = 0;
  std::uint64_t acknowledged = 0;  // the gateway accepted them: they are in Kafka
  std::uint64_t rejected = 0;      // the gateway put them into the dead-letter topic
  std::uint64_t pending = 0;       // in the journal now
  // Not recorded by track(), by reason: the name is that of batches (docs/wire-protocol.md) and of
  // ledger().
  std::uint64_t dropped_invalid = 0;       // kInvalidEvent
  std::uint64_t dropped_too_large = 0;     // kTooLarge
  std::uint64_t dropped_storage_full = 0;  // kStorageFull
  std::uint64_t dropped_io_error = 0;      // kIo: a file could not be made
  std::uint64_t dropped_out_of_memory = 0;
  std::uint64_t dropped_not_allowed = 0;  // kNotAllowed: no consent
  // Recorded and given up later. recorded + adopted = acknowledged + rejected + pending + these
  // four, always
  std::uint64_t dropped_too_large_for_gateway = 0;  // refused with 413 even alone
  std::uint64_t dropped_expired = 0;                // older than options.event_age_max
  std::uint64_t dropped_consent_denied = 0;         // deleted by set_consent(kDenied)
  std::uint64_t dropped_forgotten = 0;              // deleted by forget()
  bool recovering = false;
  // Half-written by a thread that was killed inside track(); found as `adopted` is, and dropped
  std::uint64_t torn = 0;
  std::uint64_t misused = 0;       // calls that failed with kMisuse
  std::uint64_t masked = 0;        // values masked or removed
  std::uint64_t batches_sent = 0;  // requests, repeats included
  std::uint64_t retries = 0;
  std::uint64_t bytes_sent = 0;  // bodies, compressed
  std::uint64_t disk_bytes = 0;  // of this process's journal now
  std::uint64_t last_seq = 0;    // highest sequence number given so far, over all runs; 0 for none
  std::string install_id;        // UUID of the sequence
  SenderState sender = SenderState::kRunning;
  std::string sender_message;  // why it is retrying or refused, and what to do; empty while it runs
};

// What became of the events of one type that this process's part of the directory has recorded,
// over all runs, killed ones too: recorded = acknowledged + rejected + pending + all dropped,
// always.
struct LedgerRow {
  // activityType or action; "other" for those of the program's own, and of a later version of
  // Penstock
  std::string type;
  std::uint64_t recorded = 0, acknowledged = 0, rejected = 0, pending = 0;
  // By reason, as batches report them (docs/wire-protocol.md); reasons without events are left out.
  // "other" is one that a later version of Penstock has counted.
  std::vector<std::pair<std::string, std::uint64_t>> dropped;
  // That track() did not record
  std::vector<std::pair<std::string, std::uint64_t>> refused;
};

// A flow: events that belong together have one correlationId. As long as this object lives, the
// events of the thread that has made it carry the flow's, unless they name one, or a trace. Flows
// nest: behind the inner one the outer one goes on.
//
// Threads    A Flow is for the thread that made it: Client::join_flow() hands a flow to another
//            one. Ended by another thread it ends all the same, and counts as misused. A detached
//            flow is for any thread, and for tasks that move between threads: no event carries it
//            unless the event names it by correlation(flow.correlation_id()).
// Ownership  Movable. May outlive its client: then it does nothing more.
class PENSTOCK_API Flow {
 public:
  Flow(Flow&& other) noexcept;
  Flow& operator=(Flow&& other) noexcept;
  ~Flow();  // ends it on this thread, without an event

  // As events carry it, for other programs; empty once it is completed. Valid as long as the flow.
  std::string_view correlation_id() const noexcept;

 private:
  friend class Flows;
  struct PENSTOCK_HIDDEN State;
  PENSTOCK_HIDDEN explicit Flow(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

class PENSTOCK_API Client {
 public:
  // Opens the journal in options.directory, or creates it, and starts the sender thread, which all
  // clients share that reach the same gateway in the same way: one to two milliseconds. What an earlier run left behind is looked for by that thread and sent first, also
  // if that run was killed; events are taken meanwhile.
  // Fails with kInvalidOption (the message names it), kDirectoryInUse or kIo.
  PENSTOCK_LAYOUT [[nodiscard]] static Result<Client> open(const Options& options) noexcept;

  Client(Client&& other) noexcept;
  Client& operator=(Client&& other) noexcept;
  // close() with a bound of 2 seconds, unless it was closed before. Then waits for the sender
  // thread, which takes milliseconds, or 2 more seconds if the system hangs.
  ~Client();

  // Records one event. Once this has returned ok, the event survives kill -9 of this process; a
  // power cut may still take the last options.sync_interval. Masking comes first: what a rule
  // removes never reaches the disk. Never waits for the network or for the sender thread.
  //
  // Fails with
  //   kInvalidEvent  a field is missing, too long or wrong; the message names it
  //   kTooLarge      the encoded event is larger than options.event_bytes_max
  //   kStorageFull   the disk budget or the file system is full
  //   kIo            the journal's next file could not be made: the folder cannot be written, too
  //                  many files are open; the message has the reason. The next call tries again
  //   kOutOfMemory   for an event of more than 4 KB, or the journal's next file
  //   kNotAllowed    there is no consent
  //   kClosed        after close()
  // and, but for kClosed, counts the event under that reason in stats().
  PENSTOCK_LAYOUT [[nodiscard]] Status track(const Event& event) noexcept;

  // The same for an event as JSON text: one object in the form of the documented events, with
  // `activityType`, or `recordId` and `action`, at least; `eventType` and `timestamp` are filled in
  // where they are missing. The rules are those of event.hpp and docs/wire-protocol.md: null for a
  // documented field is as if it were missing, numbers keep their text, a name that is given twice
  // is refused. Unlike track() it parses and allocates: about ten times its cost.
  PENSTOCK_LAYOUT [[nodiscard]] Status track_json(std::string_view event) noexcept;

  // Sets the user or session of all later events; empty text: none. Personal data in it is masked
  // like in any other value, so give an opaque id and not an e-mail address. set_session() is for
  // programs that have sessions of their own: it records nothing.
  // Fails with kInvalidEvent if it is longer than 256 bytes; set_session() with kMisuse while a
  // session is open, and with SessionMode::kAutomatic.
  PENSTOCK_LAYOUT [[nodiscard]] Status set_user(std::string_view user_id) noexcept;
  PENSTOCK_LAYOUT [[nodiscard]] Status set_session(std::string_view session_id) noexcept;

  // Records a SessionStart and opens a session: its id is the sessionId of all later events that
  // name none. `session_id` empty: the client makes one, a UUID of version 7.
  // Fails with kMisuse if a session is open or SessionMode is kOff, else as track() does.
  PENSTOCK_LAYOUT [[nodiscard]] Status start_session(std::string_view session_id = {}) noexcept;
  // Records its SessionEnd, with details.duration (seconds), events (how many were recorded in it)
  // and endReason: "closed" by this call or by close(), "idle" by SessionMode::kAutomatic, "killed"
  // if the process was. A denial of consent, and forget(), end it without an event.
  // Fails with kMisuse if no session is open, else as track() does: then the session stays open.
  PENSTOCK_LAYOUT [[nodiscard]] Status end_session() noexcept;

  // The user comes to a page, or screen: records a PageStart and a PageView. All later events that
  // name no page are on this one, until it is left. One page at a time: a page that is open is left
  // first. Fails as track() does.
  PENSTOCK_LAYOUT [[nodiscard]] Status enter_page(std::string_view page_id) noexcept;
  // Records its PageEnd, with details.duration: the seconds that it was in the foreground. The end
  // of the session, and close(), leave a page too; of a process that is killed it has no PageEnd.
  // Fails with kMisuse if no page is open, else as track() does: then the page stays open.
  PENSTOCK_LAYOUT [[nodiscard]] Status leave_page() noexcept;
  // The application has lost the focus, or has it again: the time in between is no page's. Repeats
  // do nothing.
  PENSTOCK_LAYOUT Status pause() noexcept;
  PENSTOCK_LAYOUT Status resume() noexcept;

  // Starts a flow on this thread; see Flow. `process`: what it does, for complete_flow(); 1 to 256
  // bytes. `correlation`: the id that events carry; empty: the client makes one, a UUID of version
  // 7; a traceparent of W3C Trace Context: its trace-id. Records nothing.
  // Fails with kInvalidEvent, kOutOfMemory or kClosed.
  PENSTOCK_LAYOUT [[nodiscard]] Result<Flow> start_flow(std::string_view process,
                                                        std::string_view correlation = {}) noexcept;
  // The same for a detached flow: see Flow.
  PENSTOCK_LAYOUT [[nodiscard]] Result<Flow> start_detached_flow(
      std::string_view process, std::string_view correlation = {}) noexcept;
  // Takes part in a flow that another thread has started, and keeps until this call has returned.
  // Fails with kMisuse if that has ended, kOutOfMemory or kClosed.
  PENSTOCK_LAYOUT [[nodiscard]] Result<Flow> join_flow(const Flow& flow) noexcept;
  // Records a ProcessCompletion of the flow, with its outcome and how long it took, and ends it.
  // Fails with kMisuse if it has ended, was joined, or was started by another thread (a detached
  // one any thread completes, one of them if two try at once); else as
  // track() does: then the flow goes on.
  PENSTOCK_LAYOUT [[nodiscard]] Status complete_flow(Flow& flow, Event::Outcome outcome) noexcept;

  // Waits until all that was recorded before this call is acknowledged, also what processes left in
  // options.directory that have been killed. Sends at once, whatever the sender waits for but
  // a Retry-After. Fails with kTimeout after `timeout`, or kRefused as soon as the server has
  // refused that; nothing is lost by either.
  PENSTOCK_LAYOUT [[nodiscard]] Status flush(std::chrono::milliseconds timeout) noexcept;

  // flush(), then stops the sender and refuses further events. Returns after `timeout` at the
  // latest, also when the server accepts a connection and never answers: then with kTimeout. What
  // is not acknowledged stays in the journal for the next program that opens the directory; the
  // message says how many events that are. Later calls return ok at once.
  //
  // close(0ms) is for programs that live for a moment: it waits for nothing.
  PENSTOCK_LAYOUT [[nodiscard]] Status close(std::chrono::milliseconds timeout) noexcept;

  // Sets what the user has said; it is kept, and in force when this returns: with kDenied nothing
  // more is recorded or sent, what was pending is deleted from the disk and counted, and a request
  // that is under way is cut off (what the gateway has already read of it, it may keep: see
  // forget()). Other processes that share the directory see it with their next event, or within a
  // minute.
  // Fails with kIo if the answer could not be forced to the disk, or what was recorded could not be
  // deleted or replaced (the message says which); kTimeout if what earlier runs left is still being
  // deleted after two seconds. In each case nothing more is sent.
  PENSTOCK_LAYOUT [[nodiscard]] Status set_consent(Consent consent) noexcept;
  [[nodiscard]] Consent consent() const noexcept;

  // Erases what this directory's processes have recorded: deletes it here, goes on under a new
  // install id, and asks the gateway to have erased what it was sent under the old ones. That
  // request outlives this process, every limit and a consent that is denied before or after, until
  // the gateway has taken it. Processes that run at the same time have to call it each.
  // Fails as set_consent() does.
  PENSTOCK_LAYOUT [[nodiscard]] Status forget() noexcept;

  PENSTOCK_LAYOUT [[nodiscard]] Stats stats() const noexcept;

  // The ledger, by type; types without events are left out. Walks what is pending: milliseconds for
  // a full journal. Empty without memory for it.
  PENSTOCK_LAYOUT [[nodiscard]] std::vector<LedgerRow> ledger() const noexcept;

 private:
  class PENSTOCK_HIDDEN Impl;
  explicit Client(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

// --- A preview ----------------------------------------------------------------------------------
// What a client with these options would keep, by the code of the client. Opens and writes nothing:
// `options` need no directory, endpoint or write_key. Any thread; takes the options apart at each
// call, so it is for tests and for people.

// A text as it would lie in the journal, as the value of a detail for example: without the quotes
// and escapes of JSON. Rules for paths do not apply: the text has no field. Empty without memory for
// it, and for privacy options that Client::open() would refuse.
PENSTOCK_LAYOUT [[nodiscard]] PENSTOCK_API std::string preview_text(const Options& options,
                                                                    std::string_view text) noexcept;

// The JSON text that track() would record. What a client adds to events is not known here: its
// user, session, page and flow; nor the directory's salt: hashes are those of another salt, which
// lasts as long as the process. Without a time of its own, the event happens now. Consent does not
// matter.
// Fails as track() does, with kInvalidEvent, kTooLarge or kOutOfMemory; with kInvalidOption for an
// event_bytes_max, event_types or privacy options that Client::open() would refuse.
PENSTOCK_LAYOUT [[nodiscard]] PENSTOCK_API Result<std::string> preview(const Options& options,
                                                                       const Event& event) noexcept;

}  // namespace penstock
