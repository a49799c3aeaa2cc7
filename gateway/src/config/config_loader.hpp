// Reads a configuration: defaults, then the YAML file, then the environment.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "config.hpp"
#include "secret_text.hpp"

namespace penstock::gateway {

struct LoadedConfig {
  Config config;
  // Empty if all is well. Each says where (file:line:column or the variable), which setting, what
  // was expected, and shows no secret.
  std::vector<std::string> errors;
  // What was passed over, for the log.
  std::vector<std::string> notes;
  // Where each setting and section stands: "gateway.yaml:3:5", or "environment: PENSTOCK_…".
  std::map<std::string, std::string> places;
};

// Reads `file` and lays the variables of `environment` over it (see gateway.example.yaml). Reports
// every error that it finds, not only the first. Does not judge values against each other:
// check_config() does. A variable named PENSTOCK_... that is not a setting is an error only if it
// is nearly one: container platforms put their own variables under such names. Kubernetes'
// PENSTOCK_ADMIN_PORT=tcp://…, for a Service named penstock-admin, is passed over with a note.
//
// ${NAME} in a value is that variable; a name in kafka.properties that ends in _file names a file
// with the value.
LoadedConfig load_config(const std::filesystem::path& file, const Environment& environment);

// The same from text; `name` stands in for the file in errors.
LoadedConfig parse_config(const std::string& yaml, const std::string& name,
                          const Environment& environment);

// An error that begins with a setting's name and ':', behind the place where that stands.
std::string located(const std::string& error, const LoadedConfig& loaded);

// The variables of this process.
Environment process_environment();

}  // namespace penstock::gateway
