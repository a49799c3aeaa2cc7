#include "nearest_name.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace penstock {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = a[i] == b[j] ? diagonal : 1 + std::min({diagonal, above, row[j]});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::string nearest_name(std::string_view name, std::span<const std::string> names,
                         std::size_t slips_max) {
  std::size_t best = slips_max + 1;
  std::string nearest;
  for (const auto& each : names) {
    const std::size_t distance = edit_distance(name, each);
    if (distance >= best) continue;
    best = distance;
    nearest = each;
  }
  return nearest;
}

}  // namespace penstock
