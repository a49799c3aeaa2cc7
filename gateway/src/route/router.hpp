// Which topic an event belongs to, under which key, and by which schema it is to be read.
#pragma once

#include <string>

#include "request.hpp"

namespace penstock::gateway {

// Immutable: any thread. Events keep views of its topics' names: it outlives the batches.
class Router {
 public:
  // Put before each topic's name; may be empty.
  explicit Router(const std::string& topic_prefix);

  // Topic    user-activity or db-changes, by the event's type. For a rejected event the one that it
  //          would have gone to, or none if its type is not known; the event goes to
  //          wire::kTopicDeadLetter.
  // Key      userId, so that one user's events are in one partition, in their order; else
  //          installId; for a DatabaseChange without a user its recordId. A rejected event:
  //          installId.
  // Schema   type and schemaVersion, as in UserActivity/1.
  void apply(Batch& batch) const;

 private:
  void route(Batch& batch, Event& event) const;

  std::string user_activity_, db_changes_;
};

}  // namespace penstock::gateway
