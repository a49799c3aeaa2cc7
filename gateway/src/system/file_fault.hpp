// Why a file cannot be read, in words that say what to do.
#pragma once

#include <string>

namespace penstock::gateway {

// "" if `file` can be read and holds something; else for example "does not exist; check the path".
// Does not repeat the name.
std::string file_fault(const std::string& file);

}  // namespace penstock::gateway
