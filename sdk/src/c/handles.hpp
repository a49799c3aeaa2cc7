// What the opaque structs of the C ABI are, and how its structs translate.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "c/object_builder.hpp"
#include "penstock/event.hpp"
#include "penstock/options.hpp"
#include "penstock/penstock.h"
#include "penstock/penstock.hpp"

struct penstock_flow {
  penstock::Flow flow;
};

struct penstock_client {
  penstock::Client client;
};

struct penstock_object {
  penstock::c::ObjectBuilder builder;
};

namespace penstock::c {

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

// Throw BadArgument, or std::bad_alloc.
Options to_options(const penstock_options& options);
Event::Outcome to_outcome(penstock_outcome outcome);
Consent to_consent(penstock_consent consent);
Value to_value(const penstock_detail& detail);
Event to_event(const penstock_event& event);
void fill_stats(const Stats& from, penstock_stats& to) noexcept;

}  // namespace penstock::c
