// Whose events are to be erased, and which records are theirs. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "record_view.hpp"
#include "trace_match.hpp"

namespace penstock::ctl {

// Immutable.
class ErasureSubjects {
 public:
  ErasureSubjects(std::set<std::string> users, std::set<std::string> installs);

  // Whether the record is of one of them: its event's userId or installId, the key of a dead letter
  // (the installId of its batch), or the key alone where the value names nobody, as in an aggregate
  // by user.
  bool own(const Record& record) const;

  std::size_t size() const noexcept { return users_.size() + installs_.size(); }
  // What an audit can keep: for each a UUIDv5 of "user <id>" or "install <id>", in their order. Whoever
  // knows or guesses an id can tell whether it is one of these; it cannot be read out of them.
  std::vector<std::string> digests() const;

 private:
  std::set<std::string> users_, installs_;
  std::vector<IdMatcher> few_;  // for a look at the bytes alone; empty if there are many
};

}  // namespace penstock::ctl
