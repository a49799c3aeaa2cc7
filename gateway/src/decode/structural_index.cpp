#include "structural_index.hpp"

#include <simdjson.h>

#include <algorithm>
#include <new>
#include <utility>

namespace penstock::gateway {
namespace {

constexpr std::size_t kFirstCapacity = std::size_t{64} * 1024;
constexpr std::size_t kKeptCapacity = std::size_t{1024} * 1024;
constexpr std::size_t kUnusedDepth = 1;  // only the second stage nests

ScanResult result_of(simdjson::error_code code) {
  switch (code) {
    case simdjson::SUCCESS:
      return ScanResult::kOk;
    case simdjson::EMPTY:
      return ScanResult::kEmpty;
    case simdjson::UTF8_ERROR:
      return ScanResult::kInvalidUtf8;
    case simdjson::UNESCAPED_CHARS:
      return ScanResult::kControlCharacter;
    case simdjson::MEMALLOC:
      throw std::bad_alloc();
    default:  // what is left of the first stage's errors
      return ScanResult::kUnclosedString;
  }
}

}  // namespace

struct StructuralIndex::Parser {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stages;
};

StructuralIndex::StructuralIndex() : parser_(std::make_unique<Parser>()) {}
StructuralIndex::~StructuralIndex() = default;
StructuralIndex::StructuralIndex(StructuralIndex&&) noexcept = default;
StructuralIndex& StructuralIndex::operator=(StructuralIndex&&) noexcept = default;

void StructuralIndex::shrink(MemoryLease& lease) noexcept {
  if (leased_ == 0) return;
  parser_->stages.reset();
  count_ = 0;
  lease.shrink(std::exchange(leased_, 0));
}

ScanResult StructuralIndex::scan(std::string_view text, MemoryLease& lease) {
  count_ = 0;
  if (text.empty()) return ScanResult::kEmpty;
  auto& stages = parser_->stages;
  if (stages == nullptr || stages->capacity() < text.size()) {
    shrink(lease);
    stages.reset();
    std::size_t capacity = text.size();
    if (capacity > kKeptCapacity) {
      grow_or_throw(lease, capacity * sizeof(std::uint32_t));
      leased_ = capacity * sizeof(std::uint32_t);
    } else {
      capacity = std::clamp(capacity + capacity / 2, kFirstCapacity, kKeptCapacity);
    }
    // Picks the implementation for this processor while running.
    const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
        capacity, kUnusedDepth, stages);
    if (error != simdjson::SUCCESS) throw std::bad_alloc();
  }
  const auto error = stages->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                    simdjson::stage1_mode::regular);
  const ScanResult result = result_of(error);
  if (result != ScanResult::kOk) return result;
  count_ = stages->n_structural_indexes;
  stages->structural_indexes[count_] = static_cast<std::uint32_t>(text.size());
  return ScanResult::kOk;
}

const std::uint32_t* StructuralIndex::offsets() const noexcept {
  return parser_->stages->structural_indexes.get();
}

}  // namespace penstock::gateway
