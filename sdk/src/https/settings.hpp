// What a Client is told about its server and the way there.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::https {

// The names are those of penstock/options.hpp, which explains each: messages of errors name them.
struct Settings {
  std::string endpoint;
  std::string authorization;  // the value of the header; empty: none is sent
  std::string user_agent;     // the same

  std::string proxy;
  std::function<std::string(std::string_view)> proxy_for_url;

  std::string ca_file, ca_pem;
  std::vector<std::string> pinned_public_keys;
  std::string client_certificate_file, client_key_file;
  bool dangerously_disable_tls_verification = false;

  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds request_timeout{45'000};
};

}  // namespace penstock::https
