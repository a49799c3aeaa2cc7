// Which topic an event belongs to, under which key, and by which schema it is to be read.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "request.hpp"

namespace penstock::gateway {

// Immutable: any thread. Events keep views of its topics' names: it outlives the batches.
class Router {
 public:
  // `topic_prefix`: put before each topic's name; may be empty. `custom_types`: those that have a
  // schema.
  explicit Router(const std::string& topic_prefix,
                  const std::vector<std::string>& custom_types = {});

  // Topic    user-activity, db-changes or custom-events, by the event's type. For a rejected event
  //          the one that it would have gone to, or none if its type is not known; the event goes
  //          to wire::kTopicDeadLetter.
  // Key      userId, so that one user's events are in one partition, in their order; else
  //          installId; for a DatabaseChange without a user its recordId. A rejected event:
  //          installId.
  // Schema   type and schemaVersion, as in UserActivity/1.
  void apply(Batch& batch) const;

 private:
  void route(Batch& batch, Event& event) const;

  std::string user_activity_, db_changes_, custom_events_;
  std::set<std::string, std::less<>> custom_types_;
};

}  // namespace penstock::gateway
