// Every call of the C++ API, so that one that is not exported does not link. Nothing is sent: no
// folder is named.

// Programs declare what they only point to.
namespace penstock {
class Client;
class Event;
}  // namespace penstock

#include <penstock/version.h>

#include <penstock/penstock.hpp>

#include <utility>

static_assert(__cplusplus >= 201703L, "penstock::sdk asks for C++17");
static_assert(PENSTOCK_VERSION_MAJOR + PENSTOCK_VERSION_MINOR > 0, "the version as numbers");

int use(penstock::Client& client) {
  using namespace std::chrono_literals;
  penstock::Client other = std::move(client);
  client = std::move(other);
  const bool all = client.track(penstock::Event::click("page", "button").detail("count", 3)).ok() &&
                   client.track_json("{}").ok() && client.set_user("u").ok() &&
                   client.set_session("s").ok() && client.flush(1ms).ok() && client.close(1ms).ok();
  return all ? static_cast<int>(client.stats().recorded) : 1;
}

int main() {
  auto client = penstock::Client::open(penstock::Options());
  if (client.ok()) return use(*client);
  return client.status().code() == penstock::StatusCode::kInvalidOption ? 0 : 1;
}
