// By which proxy the gateway is reached: what the program says, or else the environment.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "https/endpoint.hpp"
#include "https/proxy.hpp"
#include "https/settings.hpp"
#include "penstock/status.hpp"

namespace penstock::https {

// One thread at a time.
class ProxyChoice {
 public:
  // Reads settings.proxy_for_url, settings.proxy, or else the environment: here and not later,
  // since a program may change its environment only while it knows that nobody reads it. Not the
  // environment of a program that runs with the rights of another user (setuid). Fails with
  // kInvalidOption if settings.proxy is invalid.
  static Result<ProxyChoice> create(const Settings& settings, const Endpoint& gateway);

  // For the next connection; nullopt: without one. Fails with a text that says where the address
  // came from and what is wrong with it, and never shows it: it may hold a password.
  Result<std::optional<Proxy>> next() const;

 private:
  std::string url_;
  std::function<std::string(std::string_view)> ask_;  // empty: proxy_ is the answer
  std::string source_;                                // of proxy_: for messages
  std::string proxy_;
};

}  // namespace penstock::https
