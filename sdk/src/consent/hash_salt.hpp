// The salt that `hash` rules need: made here, kept here, never sent. It follows the install id:
// forgetting makes a new one, so that hashes before and after cannot be linked.
#pragma once

#include <filesystem>
#include <string>

#include "penstock/status.hpp"

namespace penstock::consent {

// The file `salt` of `directory`, which exists: four mapped words, each of which is taken from the
// process that stored a random one first. So processes that open the directory at once agree, and a
// kill leaves words that the next process completes. One that somebody deletes or empties becomes
// another salt. Any thread, any process. Throws std::bad_alloc.

// Makes it if there is none. On the disk when it returns. Fails with kIo, also if the file can have
// come from somebody else (platform/trust.hpp), or kStorageFull.
Result<std::string> open_salt(const std::filesystem::path& directory);

// A salt that is not `current`: that of a process that has been faster, or a new one. Fails as
// open_salt(); then `current` may still be in the file.
Result<std::string> renew_salt(const std::filesystem::path& directory, const std::string& current);

// Whoever opens the directory next makes a new one.
void remove_salt(const std::filesystem::path& directory);

// For who keeps none: as good as a file's, and gone with the process.
std::string random_salt();

}  // namespace penstock::consent
