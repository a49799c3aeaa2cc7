/* PENSTOCK_API marks what the shared library shows; all else is hidden. */
#ifndef PENSTOCK_EXPORT_H
#define PENSTOCK_EXPORT_H

#if defined(_WIN32)
#if defined(PENSTOCK_BUILDING)
#define PENSTOCK_API __declspec(dllexport)
#else
#define PENSTOCK_API __declspec(dllimport)
#endif
#else
#define PENSTOCK_API __attribute__((visibility("default")))
#endif

/* Of a class within one that is shown. */
#if defined(_WIN32)
#define PENSTOCK_HIDDEN
#else
#define PENSTOCK_HIDDEN __attribute__((visibility("hidden")))
#endif

/* The result keeps a view of the marked argument (or of *this): clang warns where that would
 * dangle. */
#if defined(__clang__) && defined(__cplusplus)
#define PENSTOCK_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define PENSTOCK_LIFETIMEBOUND
#endif

#endif
