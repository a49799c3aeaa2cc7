// Which hosts are reached without a proxy: the variable no_proxy, read as curl reads it.
#pragma once

#include <string_view>

namespace penstock::transport {

// `list` has names and addresses, separated by commas or blanks. A name stands for itself and for
// what is below it, with or without a dot in front; an address for itself, and with "/bits" for its
// network; "*" alone for all. Case does not count, and there are no ports. Pure.
bool bypasses_proxy(std::string_view list, std::string_view host);

}  // namespace penstock::transport
