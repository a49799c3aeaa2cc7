// Why nobody can listen at an address, in words that say what to do.
#pragma once

#include <cstdint>
#include <string>

namespace penstock::gateway {

// `error`: the errno of socket(), bind() or listen(). `setting`: "listen" or "admin".
std::string listen_fault(int error, const std::string& setting, const std::string& address,
                         std::uint16_t port);

}  // namespace penstock::gateway
