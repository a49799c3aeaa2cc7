#include "letter_ledger.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "record_view.hpp"
#include "wire/bounded_json.hpp"

namespace penstock::ctl {
namespace {

template <typename Number>
const char* read_number(const char* at, const char* end, Number& number) noexcept {
  const auto read = std::from_chars(at, end, number);
  return read.ec == std::errc() && number >= 0 ? read.ptr : nullptr;
}

[[noreturn]] void not_ours(std::string_view key) {
  throw std::runtime_error(
      "the topic redrive-ledger holds a record that no redrive has written (key " +
      plain(key.substr(0, 40)) +
      "): which letters have been redriven cannot be told; is it another "
      "program's topic? See --topic-prefix");
}

constexpr std::size_t byte_of(std::int64_t offset) noexcept {
  return static_cast<std::size_t>(offset % LetterLedger::kBlock / 8);
}
constexpr std::uint8_t bit_of(std::int64_t offset) noexcept {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(offset % 8));
}

}  // namespace

void LetterLedger::read(std::string_view key, std::string_view value) {
  Place place;
  const char* const end = key.data() + key.size();
  const char* at = read_number(key.data(), end, place.first);
  if (at == nullptr || at == end || *at != '/') not_ours(key);
  at = read_number(at + 1, end, place.second);
  if (at != end || value.size() != Bits().size()) not_ours(key);
  std::ranges::copy(value, blocks_[place].begin());
}

bool LetterLedger::has(std::int32_t partition, std::int64_t offset) const noexcept {
  const auto block = blocks_.find({partition, offset / kBlock});
  return block != blocks_.end() && (block->second[byte_of(offset)] & bit_of(offset)) != 0;
}

void LetterLedger::add(std::int32_t partition, std::int64_t offset) {
  const Place place{partition, offset / kBlock};
  auto& byte = blocks_[place][byte_of(offset)];
  byte = static_cast<std::uint8_t>(byte | bit_of(offset));
  changed_.insert(place);
}

std::int64_t LetterLedger::end_of(std::int32_t partition) const noexcept {
  auto block = blocks_.upper_bound({partition, INT64_MAX});
  while (block != blocks_.begin() && (--block)->first.first == partition) {
    for (std::int64_t in_block = kBlock - 1; in_block >= 0; --in_block) {
      const std::int64_t offset = block->first.second * kBlock + in_block;
      if ((block->second[byte_of(offset)] & bit_of(offset)) != 0) return offset + 1;
    }
  }
  return 0;
}

std::vector<std::pair<std::string, std::string>> LetterLedger::changed() {
  std::vector<std::pair<std::string, std::string>> records;
  records.reserve(changed_.size());
  for (const Place& place : changed_) {
    const Bits& bits = blocks_.at(place);
    records.emplace_back(std::to_string(place.first) + '/' + std::to_string(place.second),
                         std::string(bits.begin(), bits.end()));
  }
  changed_.clear();
  return records;
}

std::string RunEnds::to_value() const {
  nlohmann::json json = {{"command", command}, {"ends", nlohmann::json::object()}};
  for (const auto& [partition, end] : ends) json["ends"][std::to_string(partition)] = end;
  return json.dump();
}

RunEnds RunEnds::from_value(std::string_view value) {
  const auto json = wire::parse_bounded<nlohmann::json>(value);
  if (!json.is_object() || !json.contains("command") || !json["command"].is_string() ||
      !json.contains("ends") || !json["ends"].is_object())
    not_ours(kKey);
  RunEnds run;
  run.command = json["command"].get<std::string>();
  const auto& ends = json["ends"];
  for (auto at = ends.begin(); at != ends.end(); ++at) {
    const std::string& name = at.key();
    std::int32_t partition = 0;
    const char* const end = name.data() + name.size();
    if (read_number(name.data(), end, partition) != end || !at.value().is_number_integer())
      not_ours(kKey);
    run.ends[partition] = at.value().get<std::int64_t>();
  }
  return run;
}

}  // namespace penstock::ctl
