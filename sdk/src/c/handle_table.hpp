// What the opaque pointers of the C ABI stand for. A handle is no address: it names a place in a
// table, and which of those that the place has had. So one that was freed, or never was one, is
// told from the others, and nothing is read through it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace penstock::c {

// Any thread, without a lock: a child of fork() may go on. For static storage: it is never
// destroyed, and what is left in it at the end of the process is kept.
template <typename T>
class HandleTable {
 public:
  constexpr HandleTable() noexcept = default;

  // Null: there is no memory, or there are 65,536 already.
  void* add(std::unique_ptr<T> content) noexcept {
    std::uint32_t index = 0;
    if (!take_free(index) && !take_new(index)) return nullptr;
    Slot& slot = *find_slot(index);
    slot.content = content.release();
    const std::uint64_t generation = slot.generation.load(std::memory_order_relaxed) + 1;
    slot.generation.store(generation, std::memory_order_release);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): nothing is ever read through it
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(generation << kIndexBits | index));
  }

  // Null: it is none, or was freed.
  T* find(const void* handle) const noexcept {
    const Slot* const slot = slot_of(handle);
    return slot != nullptr ? slot->content : nullptr;
  }

  // Ends it. Null as above.
  std::unique_ptr<T> remove(const void* handle) noexcept {
    Slot* const slot = slot_of(handle);
    if (slot == nullptr) return nullptr;
    std::uint64_t generation = generation_of(handle);
    if (!slot->generation.compare_exchange_strong(generation, generation + 1)) return nullptr;
    std::unique_ptr<T> content(slot->content);
    give_back(index_of(handle));
    return content;
  }

 private:
  static_assert(sizeof(void*) == 8, "a handle has 48 bits for how often its place was used");
  static constexpr unsigned kIndexBits = 16;
  static constexpr std::uint32_t kSlots = std::uint32_t{1} << kIndexBits;
  static constexpr std::uint32_t kChunkSlots = 256;

  struct Slot {
    std::atomic<std::uint64_t> generation{0};  // odd: in use
    T* content = nullptr;
    std::atomic<std::uint32_t> next_free{0};  // index + 1; 0: none
  };
  using Chunk = std::array<Slot, kChunkSlots>;

  static std::uint32_t index_of(const void* handle) noexcept {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(handle) & (kSlots - 1));
  }
  static std::uint64_t generation_of(const void* handle) noexcept {
    return reinterpret_cast<std::uintptr_t>(handle) >> kIndexBits;
  }

  Slot* find_slot(std::uint32_t index) const noexcept {
    Chunk* const chunk = chunks_[index / kChunkSlots].load(std::memory_order_acquire);
    return chunk != nullptr ? &(*chunk)[index % kChunkSlots] : nullptr;
  }
  Slot* slot_of(const void* handle) const noexcept {
    Slot* const slot = find_slot(index_of(handle));
    const std::uint64_t generation = generation_of(handle);
    const bool lives = slot != nullptr && generation % 2 == 1 &&
                       slot->generation.load(std::memory_order_acquire) == generation;
    return lives ? slot : nullptr;
  }

  // The list's head is an index + 1, and in the upper half a count of its changes: who was
  // overtaken sees that also if the same index is there again.
  bool take_free(std::uint32_t& index) noexcept {
    std::uint64_t head = free_.load(std::memory_order_acquire);
    for (;;) {
      const auto first = static_cast<std::uint32_t>(head);
      if (first == 0) return false;
      const std::uint64_t next = find_slot(first - 1)->next_free.load(std::memory_order_relaxed);
      if (free_.compare_exchange_weak(head, ((head >> 32) + 1) << 32 | next,
                                      std::memory_order_acq_rel)) {
        index = first - 1;
        return true;
      }
    }
  }
  void give_back(std::uint32_t index) noexcept {
    std::uint64_t head = free_.load(std::memory_order_relaxed);
    do {
      find_slot(index)->next_free.store(static_cast<std::uint32_t>(head),
                                        std::memory_order_relaxed);
    } while (!free_.compare_exchange_weak(head, ((head >> 32) + 1) << 32 | (index + 1),
                                          std::memory_order_acq_rel));
  }
  bool take_new(std::uint32_t& index) noexcept {
    index = used_.load(std::memory_order_relaxed);
    do {
      if (index == kSlots) return false;
    } while (!used_.compare_exchange_weak(index, index + 1, std::memory_order_relaxed));
    std::atomic<Chunk*>& chunk = chunks_[index / kChunkSlots];
    if (chunk.load(std::memory_order_acquire) != nullptr) return true;
    auto* const made = new (std::nothrow) Chunk;
    Chunk* none = nullptr;
    if (made != nullptr && !chunk.compare_exchange_strong(none, made)) delete made;
    return made != nullptr || chunk.load(std::memory_order_acquire) != nullptr;
  }

  std::array<std::atomic<Chunk*>, kSlots / kChunkSlots> chunks_{};
  std::atomic<std::uint64_t> free_{0};
  std::atomic<std::uint32_t> used_{0};
};

}  // namespace penstock::c
