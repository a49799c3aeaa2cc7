// What masking costs a byte: of ordinary text, and of text made to cost as much as it can; and how
// much more a byte costs in a long text of that kind than in a short one, which shows that no text
// makes a detector look at its bytes again and again.
//
//   penstock-bench-privacy [seed]
//
// Prints one line a figure as "name value" for scripts/bench, and the dearest texts to stderr. With
// a seed it also tries many random texts, to find dearer ones.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "privacy/mask.hpp"
#include "wire/json_writer.hpp"

namespace {

using penstock::privacy::RuleSet;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kTextBytes = std::size_t{16} * 1024;
constexpr std::size_t kShortBytes = std::size_t{2} * 1024, kLongBytes = std::size_t{256} * 1024;
constexpr int kRounds = 25;
constexpr int kFixedRounds = 200;

// What programs say of themselves: words, and some of the numbers that detectors look at twice.
constexpr std::string_view kOrdinary =
    "Saved invoice 2024-118 for order 5012345678 in 84.2 ms at 2024-12-08 12:30:05. "
    "GET /v1/orders/5012345678/items?page=2&size=50 answered 200 after 3 tries; "
    "build 4.12.0-rc.3, commit 9f3c1d27ab, session 018f2c9e-7d1a-7c44-9a51-1f0c22d9e7b3. "
    "Sent the reminder to anna.smith@example.com, phone +49 30 1234567 stays as it was. ";

// Each makes one detector look as often and as far as possible.
struct Hostile {
  const char* detector;
  std::string_view pattern;
};
constexpr Hostile kHostile[] = {
    {"card", "4 "},
    {"card", "4-"},
    {"card", "444 "},
    {"card", "4444 "},
    {"card", "4444-4444-4444-4444x "},
    {"card", "4.4"},
    {"card", "4.444444444444444e15x "},
    {"phone", "0 3 "},
    {"phone", "06 "},
    {"phone", "00 1"},
    {"phone", "+1"},
    {"phone", "+1("},
    {"phone", "(06) "},
    {"phone", "1 555 123 "},
    {"phone", "+4 9 3 0 1 2 3x"},
    {"email", "@"},
    {"email", "a@"},
    {"email", "a@b."},
    {"email", "+12345678 "},
    {"email", "1@2.3"},
    {"email", "a\xC3\xA9"},
    {"id", "12 34 56 A "},
    {"id", "1234567-A "},
    {"id", "DE89 "},
    {"id", "AB123456 "},
    {"address", "1.1.1.1."},
    {"address", "4 4.4.4."},
    {"address", "2001:"},
    {"address", "00:00:00:"},
    {"secret", "token="},
    {"secret", "a-b:"},
    {"secret", "://a:"},
    {"secret", "a/home/b"},
    {"secret", "aaaaaaaaaaaaaa."},
    {"secret", "sk-aaaaaaaaaaaaaa "},
    {"secret", "\\n\\nAAAAAAAAAAAAAAAA"},
};

std::string repeated(std::string_view pattern, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += pattern;
  text.resize(bytes);
  return text;
}

// ns a byte that write_masked_json takes for each of `jsons`, the quickest of `rounds`. They take
// turns: how fast the machine is changes.
std::vector<double> costs(const RuleSet& rules, const std::vector<std::string>& jsons, int rounds) {
  static std::vector<char> out(4 * kLongBytes);
  std::vector<double> best(jsons.size(), 1e9);
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < jsons.size(); ++i) {
      penstock::wire::JsonWriter writer(out.data(), out.size());
      const auto begin = Clock::now();
      penstock::privacy::write_masked_json(rules, "", jsons[i], writer);
      const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
      best[i] = std::min(best[i], took.count() / static_cast<double>(jsons[i].size()));
    }
  }
  return best;
}

std::string json_of(std::string_view pattern, std::size_t bytes = kTextBytes) {
  return '"' + repeated(pattern, bytes) + '"';
}

double cost(const RuleSet& rules, std::string_view pattern, int rounds = kRounds) {
  return costs(rules, {json_of(pattern)}, rounds).front();
}

struct Dearest {
  double ns = 0;  // or whatever else is compared
  std::string pattern;
  void see(double cost, std::string_view candidate) {
    if (cost > ns) *this = {cost, std::string(candidate)};
  }
};

// Every text of one repeated group of up to four of these.
Dearest dearest_short(const RuleSet& rules) {
  constexpr std::string_view kAlphabet = "01469+-(). @ea/";
  Dearest dearest;
  for (std::size_t length = 1; length <= 4; ++length) {
    std::vector<std::size_t> at(length, 0);
    for (bool more = true; more;) {
      std::string pattern;
      for (const std::size_t i : at) pattern += kAlphabet[i];
      const double once = cost(rules, pattern, 1);
      if (once > dearest.ns) dearest.see(cost(rules, pattern), pattern);
      more = false;
      for (auto& digit : at) {
        if (++digit < kAlphabet.size()) {
          more = true;
          break;
        }
        digit = 0;
      }
    }
  }
  return dearest;
}

Dearest dearest_random(const RuleSet& rules, unsigned seed) {
  constexpr std::string_view kPieces[] = {"0",
                                          "1",
                                          "4",
                                          "00",
                                          "06",
                                          "444",
                                          "4444",
                                          "5018",
                                          "+",
                                          "+49",
                                          "(",
                                          ")",
                                          "(0)",
                                          "-",
                                          ".",
                                          " ",
                                          "/",
                                          "@",
                                          "a",
                                          "a.de",
                                          "555",
                                          "1234",
                                          "4567",
                                          "e15",
                                          "x",
                                          "4.4",
                                          ":",
                                          "123456",
                                          "\\u0034",
                                          "\\u0040",
                                          "4111111111111111",
                                          "\\n",
                                          "=",
                                          "token",
                                          "//",
                                          "/home/",
                                          "2001:",
                                          "1.1.1.1",
                                          "DE89",
                                          "Bearer ",
                                          "eyJhbGciOiJIUz",
                                          "%34",
                                          "é"};
  std::mt19937 random(seed);
  Dearest dearest;
  for (int i = 0; i < 30000; ++i) {
    std::string pattern;
    for (std::size_t pieces = 2 + random() % 8; pieces > 0; --pieces)
      pattern += kPieces[random() % std::size(kPieces)];
    const double once = cost(rules, pattern, 1);
    if (once > dearest.ns) dearest.see(cost(rules, pattern), pattern);
  }
  return dearest;
}

// How many times as much a byte of a long text of `pattern` costs as one of a short text.
double growth(const RuleSet& rules, std::string_view pattern) {
  const std::vector<double> ns =
      costs(rules, {json_of(pattern, kShortBytes), json_of(pattern, kLongBytes)}, kRounds);
  return ns[1] / ns[0];
}

}  // namespace

int main(int argc, char** argv) {
  const RuleSet rules;
  std::vector<std::string> jsons{json_of(kOrdinary)};
  for (const Hostile& hostile : kHostile) jsons.push_back(json_of(hostile.pattern));
  const std::vector<double> fixed = costs(rules, jsons, kFixedRounds);
  std::printf("mask_ordinary_ns_per_byte %.3f\n", fixed.front());

  Dearest grown;
  for (const Hostile& hostile : kHostile)
    grown.see(growth(rules, hostile.pattern), hostile.pattern);

  std::vector<std::string> dearest_of_all;
  for (const char* detector : {"card", "phone", "email", "id", "address", "secret"}) {
    Dearest dearest;
    for (std::size_t i = 0; i < std::size(kHostile); ++i) {
      if (std::string_view(kHostile[i].detector) != detector) continue;
      dearest.see(fixed[i + 1], kHostile[i].pattern);
      if (argc == 1) continue;
      std::fprintf(stderr, "%8.2f  %5.1f times ordinary  %s  %s\n", fixed[i + 1],
                   fixed[i + 1] / fixed.front(), detector,
                   std::string(kHostile[i].pattern).c_str());
    }
    std::fprintf(stderr, "the dearest for %s: %.2f ns a byte, \"%s…\"\n", detector, dearest.ns,
                 dearest.pattern.c_str());
    std::printf("mask_hostile_%s_ns_per_byte %.3f\n", detector, dearest.ns);
    dearest_of_all.push_back(dearest.pattern);
  }
  const Dearest tried = dearest_short(rules);
  std::fprintf(stderr, "the dearest of all short texts: %.2f ns a byte, \"%s…\"\n", tried.ns,
               tried.pattern.c_str());
  dearest_of_all.push_back(tried.pattern);
  if (argc > 1) {
    const Dearest random = dearest_random(rules, static_cast<unsigned>(std::stoul(argv[1])));
    std::fprintf(stderr, "the dearest of random texts: %.2f ns a byte, \"%s…\"\n", random.ns,
                 random.pattern.c_str());
    dearest_of_all.push_back(random.pattern);
  }
  grown.see(growth(rules, tried.pattern), tried.pattern);
  std::fprintf(stderr, "a byte of %zu KiB costs at most %.2f times one of %zu KiB, \"%s…\"\n",
               kLongBytes / 1024, grown.ns, kShortBytes / 1024, grown.pattern.c_str());
  std::printf("mask_hostile_growth %.2f\n", grown.ns);

  // Again beside the ordinary text: what was tried once may have been slow by chance.
  jsons.resize(1);
  for (const std::string& pattern : dearest_of_all) jsons.push_back(json_of(pattern));
  const std::vector<double> last = costs(rules, jsons, kFixedRounds);
  const double dearest = *std::max_element(last.begin() + 1, last.end());
  std::printf("mask_hostile_ns_per_byte %.3f\n", dearest);
  std::printf("mask_hostile_times_ordinary %.2f\n", dearest / last.front());
}
