// Finds its way in JSON text without parsing it. Input that is not JSON gives a wrong place, never
// one outside.
#pragma once

#include <cstddef>
#include <string_view>

namespace penstock::privacy {

// All functions: any thread, no allocation. Positions are bytes into `json`, at most json.size().

// The first position from `at` on that is not white space.
std::size_t skip_space(std::string_view json, std::size_t at) noexcept;

// The position of the quote that ends the string whose opening quote is at `open`; json.size() if
// none does.
std::size_t string_end(std::string_view json, std::size_t open) noexcept;

// The position behind the value that begins at `at`.
std::size_t value_end(std::string_view json, std::size_t at) noexcept;

// The position behind the number, word or stray character that begins at `at`.
std::size_t scalar_end(std::string_view json, std::size_t at) noexcept;

// True if what follows the string that ends at `quote` says that it is a field's name.
bool names_field(std::string_view json, std::size_t quote) noexcept;

}  // namespace penstock::privacy
