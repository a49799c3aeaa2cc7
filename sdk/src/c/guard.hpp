// How each function of the C ABI fails: with a status, and a text for penstock_last_error().
#pragma once

#include <new>
#include <string_view>
#include <utility>

#include "c/handles.hpp"
#include "penstock/penstock.h"
#include "penstock/status.hpp"

namespace penstock::c {

// Keeps the calling thread's text; an empty one becomes the status's name. Returns `status`.
penstock_status fail(penstock_status status, std::string_view message) noexcept;
penstock_status report(const Status& status) noexcept;
// Counts it.
penstock_status fail_stale(const char* what) noexcept;

// Runs `call`, which returns a Status, and turns whatever it throws into a status.
template <typename Call>
penstock_status guarded(Call&& call) noexcept {
  try {
    return report(call());
  } catch (const BadArgument& bad) {
    return fail(PENSTOCK_INVALID_ARGUMENT, bad.message);
  } catch (const StaleHandle& stale) {
    return fail_stale(stale.what);
  } catch (const std::bad_alloc&) {
    return fail(PENSTOCK_OUT_OF_MEMORY, {});
  } catch (...) {
    return fail(PENSTOCK_INTERNAL, {});
  }
}

}  // namespace penstock::c
