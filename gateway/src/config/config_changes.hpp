// What a running gateway takes over of a configuration that has changed.
#pragma once

#include <string>
#include <vector>

#include "config.hpp"

namespace penstock::gateway {

struct ConfigChanges {
  Config applied;  // what runs, with what can be taken over
  // The settings that differ and are not in `applied`, because they need a restart; by path, in
  // order. A key's: "keys[1].privacy (desktop-app)".
  std::vector<std::string> need_restart;
};

// Taken over: the keys, each new one with its privacy part; the certificate and how TLS is spoken
// (but not whether), the level of the log. A key that runs, by its id, keeps its
// privacy part, as the section `privacy` stays.
ConfigChanges changes_to(const Config& running, const Config& read);

}  // namespace penstock::gateway
