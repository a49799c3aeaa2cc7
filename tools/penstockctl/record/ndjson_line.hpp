// A record's value as a line of NDJSON. Pure.
#pragma once

#include <string>
#include <string_view>

namespace penstock::ctl {

// Appends `value` with its own bytes, without a line's end. A value that has a line's end within is
// written without: as JSON, or if the value is none, as a JSON string. An empty value is an empty
// JSON string.
void append_ndjson_line(std::string& lines, std::string_view value);

}  // namespace penstock::ctl
