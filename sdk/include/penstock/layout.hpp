// Who lays out std::string or our own types in another way than the library does must not link with
// it.
//
// The types of the C++ API are structs and classes of the standard library's types, so that their
// layout depends on that library, on two of its switches, and on the version of these headers.
// PENSTOCK_LAYOUT writes these into the name of each function that takes or returns such a type:
//
//     undefined reference to `penstock::Client::open[abi:cxx98][abi:v0_5](penstock::Options const&)'
//
// then says that the program was compiled with _GLIBCXX_USE_CXX11_ABI=0, and the library was not.
// Not the class but each function is marked: GCC and clang refuse the mark on a class that a
// program has declared before. The C ABI passes no such type, and is the same for all.
//
// Source: the attribute abi_tag, "C++-Specific Variable, Function, and Type Attributes" of GCC's
// manual.
#pragma once

#include <string>  // defines the standard library's macros

#include "penstock/version.h"

#if defined(_LIBCPP_VERSION)
#define PENSTOCK_STANDARD_LIBRARY "libcxx"
#elif defined(_GLIBCXX_USE_CXX11_ABI) && _GLIBCXX_USE_CXX11_ABI
#define PENSTOCK_STANDARD_LIBRARY "cxx11"
#else
#define PENSTOCK_STANDARD_LIBRARY "cxx98"
#endif
#if defined(_GLIBCXX_DEBUG)  // std::vector has more members then
#define PENSTOCK_CONTAINERS "_debug"
#else
#define PENSTOCK_CONTAINERS ""
#endif

#define PENSTOCK_TEXT_OF(value) #value
#define PENSTOCK_TEXT_OF_VALUE(macro) PENSTOCK_TEXT_OF(macro)
#define PENSTOCK_LAYOUT                                                                         \
  [[gnu::abi_tag(PENSTOCK_STANDARD_LIBRARY PENSTOCK_CONTAINERS,                                 \
                 "v" PENSTOCK_TEXT_OF_VALUE(PENSTOCK_VERSION_MAJOR) "_" PENSTOCK_TEXT_OF_VALUE( \
                     PENSTOCK_VERSION_MINOR))]]
