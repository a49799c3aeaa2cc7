#include "ndjson_line.hpp"

#include <nlohmann/json.hpp>

#include "wire/bounded_json.hpp"

namespace penstock::ctl {

void append_ndjson_line(std::string& lines, std::string_view value) {
  using Json = nlohmann::ordered_json;
  if (value.empty()) {
    lines += "\"\"";
  } else if (value.find_first_of("\r\n") == std::string_view::npos) {
    lines += value;
  } else {
    auto json = wire::parse_bounded<Json>(value);
    if (json.is_discarded()) json = value;
    lines += json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
}

}  // namespace penstock::ctl
