// Which hosts are reached without a proxy: the variable no_proxy, in all the forms that curl, Go
// and Python take.
#pragma once

#include <string_view>

namespace penstock::https {

// `list` has names and addresses, separated by commas or blanks. A name stands for itself and for
// what is below it, with or without "." or "*." in front; an address for itself, and with "/bits"
// for its network; "*" for all. With ":port" behind it ("[address]:port") an entry is for that port
// only. Case does not count. Pure.
bool bypasses_proxy(std::string_view list, std::string_view host, int port);

}  // namespace penstock::https
