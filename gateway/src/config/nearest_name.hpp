// The known name that an unknown one was probably meant to be. Pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace penstock {

// The one of `names` that `name` is probably a slip of: at most `slips_max` letters away. "" if
// none is.
std::string nearest_name(std::string_view name, std::span<const std::string> names,
                         std::size_t slips_max);

}  // namespace penstock
