// The receiving side of Content-Encoding, for tests.
#pragma once

#include <string>
#include <string_view>

namespace penstock::test {

// `encoding` is "zstd", "gzip" or empty. Throws std::runtime_error if `body` is not that.
std::string inflate(std::string_view encoding, std::string_view body);

}  // namespace penstock::test
