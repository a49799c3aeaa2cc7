#include "structural_index.hpp"

#include <simdjson.h>

#include <algorithm>
#include <new>

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

ScanResult StructuralIndex::scan(std::string_view text) {
  count_ = 0;
  if (text.empty()) return ScanResult::kEmpty;
  auto& stages = parser_->stages;
  const bool outgrown = stages != nullptr && stages->capacity() > kKeptCapacity;
  if (stages == nullptr || stages->capacity() < text.size() ||
      (outgrown && text.size() <= kKeptCapacity)) {
    stages.reset();
    const std::size_t capacity = std::max(text.size() + text.size() / 2, kFirstCapacity);
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
