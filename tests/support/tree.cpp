#include "support/tree.hpp"

namespace penstock::test {

std::filesystem::path source_tree() { return PENSTOCK_SOURCE_TREE; }
std::filesystem::path build_tree() { return PENSTOCK_BUILD_TREE; }

}  // namespace penstock::test
