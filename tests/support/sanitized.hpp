// Whether this build has a sanitizer that a forked child of several threads does not work with: its
// allocator may be locked in a child whose parent had a busy thread, and what a child does with
// threads of its own the thread sanitizer does not follow.
#pragma once

namespace penstock::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kForkIsSanitized = true;
#else
inline constexpr bool kForkIsSanitized = false;
#endif

}  // namespace penstock::test
