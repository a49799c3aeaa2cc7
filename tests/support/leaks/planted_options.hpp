// A client whose own settings hold planted values too. Header only, as planted_event.hpp.
#pragma once

#include <string>

#include "penstock/options.hpp"
#include "support/leaks/leak_search.hpp"
#include "support/leaks/planted.hpp"
#include "support/temp_directory.hpp"

namespace penstock::test {

// Its journal is below `directory`, in the folder "telemetry"; its log is searched.
inline Options planted_options(const TempDirectory& directory, const std::string& endpoint) {
  Options options;
  options.directory = directory / "telemetry";
  options.endpoint = endpoint;
  options.write_key = "wk_planted";
  options.app_name = planted_sentence();
  options.context = {{"owner", kPlantedEmail.value}, {"apiKey", kPlantedToken.value}};
  options.log = [](LogLevel, std::string_view, std::string_view text) {
    look_for_leaks("log of the SDK", text);
  };
  return options;
}

}  // namespace penstock::test
