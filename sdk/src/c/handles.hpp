// What the handles of the C ABI stand for, and how its structs translate.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "c/handle_table.hpp"
#include "c/object_builder.hpp"
#include "penstock/event.hpp"
#include "penstock/options.hpp"
#include "penstock/penstock.h"
#include "penstock/penstock.hpp"

namespace penstock::c {

// penstock_client, penstock_flow and penstock_object.
inline constinit HandleTable<Client> client_handles;
inline constinit HandleTable<Flow> flow_handles;
inline constinit HandleTable<ObjectBuilder> object_handles;

// Thrown for a handle that is none, or was freed.
struct StaleHandle {
  const char* what;  // static
};
// A text that can't be read (NULL with a length) throws this; the caller names the argument.
struct BadArgument {
  const char* message;  // static
};

std::string_view view(const penstock_text& text);
std::string_view view(const char* data, std::size_t size);

template <typename T>
std::span<const T> array_of(const T* data, std::size_t count, const char* if_null) {
  if (data == nullptr && count != 0) throw BadArgument{if_null};
  return {data, count};
}

// Throws BadArgument for NULL, and StaleHandle.
template <typename T>
T& live(const HandleTable<T>& handles, const void* handle, const char* if_null,
        const char* if_stale) {
  if (handle == nullptr) throw BadArgument{if_null};
  T* const found = handles.find(handle);
  if (found == nullptr) throw StaleHandle{if_stale};
  return *found;
}

// Throw BadArgument, StaleHandle, or std::bad_alloc.
ObjectBuilder& object_of(const penstock_object* object);
Flow& flow_of(const penstock_flow* flow);
Options to_options(const penstock_options& options);
Event::Outcome to_outcome(penstock_outcome outcome);
Consent to_consent(penstock_consent consent);
Value to_value(const penstock_detail& detail);
Event to_event(const penstock_event& event);
void fill_stats(const Stats& from, penstock_stats& to) noexcept;
std::string ledger_json(const std::vector<LedgerRow>& rows);

}  // namespace penstock::c
