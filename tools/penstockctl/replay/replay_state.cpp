#include "replay_state.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "wire/bounded_json.hpp"

namespace penstock::ctl {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::int64_t ReplayState::done() const noexcept {
  std::int64_t sum = 0;
  for (const auto& part : parts) sum += part.at - part.begin;
  return sum;
}

std::int64_t ReplayState::total() const noexcept {
  std::int64_t sum = 0;
  for (const auto& part : parts) sum += part.end - part.begin;
  return sum;
}

std::string ReplayState::to_metadata(const ReplayPart& part) const {
  Json json = {{"replay", digest}, {"begin", part.begin}, {"end", part.end}};
  if (&part == parts.data())
    json.update({{"brought", brought},
                 {"skipped", skipped},
                 {"renamed", renamed},
                 {"rejected", rejected},
                 {"expired", expired}});
  return json.dump();
}

void ReplayState::add_part(std::int32_t partition, std::int64_t at, std::string_view metadata) {
  const auto json = wire::parse_bounded<Json>(metadata);
  try {
    const auto its_digest = json.at("replay").get<std::string>();
    ReplayPart part{partition, json.at("begin").get<std::int64_t>(), at,
                    json.at("end").get<std::int64_t>()};
    if (part.begin < 0 || part.at < part.begin || part.end < part.at ||
        (!digest.empty() && digest != its_digest))
      throw std::runtime_error("not in order");
    digest = its_digest;
    parts.push_back(part);
    brought += json.value("brought", std::uint64_t{0});
    skipped += json.value("skipped", std::uint64_t{0});
    renamed += json.value("renamed", std::uint64_t{0});
    rejected += json.value("rejected", std::uint64_t{0});
    expired += json.value("expired", std::int64_t{0});
  } catch (const std::exception&) {
    throw std::runtime_error(
        "the positions of this run are not those of a replay; choose another --name");
  }
}

}  // namespace penstock::ctl
