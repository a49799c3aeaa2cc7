// Clients that send prepared batches over TLS, each on a connection of its own, the next when the
// last is answered or at a pace.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace penstock::bench {

struct Load {
  std::uint16_t port;
  std::filesystem::path ca_file;
  std::string write_key;
  std::size_t connections;
  std::size_t requests;  // by all connections together
  std::size_t events_per_request;
  std::chrono::milliseconds interval{0};  // between two requests of a connection, at least
};

// Returns how long each answer took, when every request is answered. Throws std::runtime_error if
// one is not answered with 200.
std::vector<std::chrono::nanoseconds> run_load(const Load& load);

}  // namespace penstock::bench
