#pragma once

#include <filesystem>

namespace penstock::test {

// The folder of the sources, and the folder that they are built into. Both are compiled into
// tree.cpp alone, so that ccache answers every other file from what another clone has compiled.
// Immutable.
std::filesystem::path source_tree();
std::filesystem::path build_tree();

}  // namespace penstock::test
