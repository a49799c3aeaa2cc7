// Where recorders send to.
#pragma once

#include <filesystem>
#include <string>

namespace penstock::oracle {

struct Endpoint {
  std::string base_url;  // of a gateway, or of the load balancer in front of several
  std::string write_key;
  std::filesystem::path ca_file;  // whose signature is trusted
};

}  // namespace penstock::oracle
