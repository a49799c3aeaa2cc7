// The language's meaning, as slow and as plain as its definition.
#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "privacy/rules/path_rules.hpp"

namespace penstock::privacy {

using Names = std::vector<std::string>;

// Both from `p` and `n` on.
inline bool pattern_matches(const Names& pattern, const Names& path, std::size_t p = 0,
                            std::size_t n = 0) {
  if (p == pattern.size()) return n == path.size();
  if (pattern[p] == "**")
    return pattern_matches(pattern, path, p + 1, n) ||
           (n < path.size() && pattern_matches(pattern, path, p, n + 1));
  if (n == path.size()) return false;
  return (pattern[p] == "*" || pattern[p] == path[n]) &&
         pattern_matches(pattern, path, p + 1, n + 1);
}

// The field itself, or one that holds it.
inline bool rule_covers(const Names& pattern, const Names& path) {
  for (std::size_t size = 1; size <= path.size(); ++size) {
    const auto end = path.begin() + static_cast<std::ptrdiff_t>(size);
    if (pattern_matches(pattern, Names(path.begin(), end))) return true;
  }
  return false;
}

// The index of the rule that decides on the field; -1 for none.
inline int deciding_rule(const std::vector<Names>& patterns, const Names& path) {
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (rule_covers(patterns[i], path)) return static_cast<int>(i);
  }
  return -1;
}

inline std::string joined(const Names& names) {
  std::string result;
  for (const auto& name : names) result += (result.empty() ? "" : ".") + name;
  return result;
}

// Random patterns of the names "details" and `names`, as rules with random actions.
struct RandomRules {
  RandomRules(std::mt19937& random, const Names& names, std::size_t rules_max,
              std::size_t names_max) {
    const auto below = [&](std::size_t count) { return random() % count; };
    const std::size_t count = 1 + below(rules_max);
    while (lines.size() < count) {
      Names pattern{below(3) == 0 ? "**" : below(4) == 0 ? "*" : "details"};
      while (pattern.size() < names_max && below(4) != 0) {
        const std::size_t which = below(names.size() + 3);
        pattern.push_back(which < names.size() ? names[which] : which == names.size() ? "*" : "**");
      }
      const char* actions[] = {" hash", " allow", " remove", " replace [x]", " mask last 4"};
      lines.push_back(joined(pattern) + actions[below(5)]);
      patterns.push_back(std::move(pattern));
    }
    rules = *PathRules::parse_unchecked(lines);
  }
  std::string text() const {
    std::string result;
    for (const auto& line : lines) result += line + "\n";
    return result;
  }

  std::vector<Names> patterns;
  std::vector<std::string> lines;
  PathRules rules;
};

}  // namespace penstock::privacy
