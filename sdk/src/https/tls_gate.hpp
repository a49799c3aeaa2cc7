// fork() waits until no thread of ours is within OpenSSL: the child would have its locks, held by
// threads that it has not, and hang in its own TLS or in exit().
#pragma once

namespace penstock::https {

// Any thread. A scope of each says where its thread is; within InsideTls that is milliseconds,
// since waits are OutsideTls.
class InsideTls {
 public:
  InsideTls();  // within another one it does nothing
  ~InsideTls();
  InsideTls(const InsideTls&) = delete;
  InsideTls& operator=(const InsideTls&) = delete;

 private:
  const bool was_inside_;
};

// For what waits, and for the host's own code, within an InsideTls or without.
class OutsideTls {
 public:
  OutsideTls();
  ~OutsideTls();
  OutsideTls(const OutsideTls&) = delete;
  OutsideTls& operator=(const OutsideTls&) = delete;

 private:
  const bool was_inside_;
};

// At the end of the process, before OpenSSL tears itself down: waits until no thread is inside, and
// who wants to be later never gets there. Then InsideTls is for no thread that must go on.
void close_tls_for_good();
bool is_tls_closed_for_good() noexcept;

}  // namespace penstock::https
