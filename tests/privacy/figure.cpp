// What of personal data is found, and what of ordinary text is taken for it: a table by kind, from a
// corpus that a seed makes.
//
//   penstock-privacy-figure [--seed N] [--values N] [--texts N] [--examples N] [--kind NAME]…
//
// Ends with 0 if each kind reaches the goal, 1 if one does not, 2 for wrong arguments. With --kind,
// only those kinds count for that.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <string>
#include <vector>

#include "privacy/mask.hpp"
#include "privacy/texts.hpp"
#include "privacy/values.hpp"

namespace penstock::corpus {
namespace {

constexpr double kRecallMin = 0.99;
constexpr double kFalseMax = 0.002;

struct Settings {
  std::uint64_t seed = 1;
  std::size_t values = 150;  // of each kind
  std::size_t texts = 12'000;
  std::size_t examples = 0;  // of what was missed, for each kind
  std::vector<std::string> kinds;
};

// As it would lie in the journal, without the quotes.
std::string masked(const privacy::RuleSet& rules, std::string_view field, const std::string& text) {
  std::string json(text.size() * 6 + 2, '\0');
  wire::JsonWriter plain(json.data(), json.size());
  plain.string(text);
  const std::string whole(plain.text());
  std::string buffer(whole.size() * 6 + 64, '\0');
  wire::JsonWriter out(buffer.data(), buffer.size());
  privacy::write_masked_json(rules, field, whole, out);
  return std::string(out.text());
}

std::string as_json(const std::string& text) {
  std::string json(text.size() * 6 + 2, '\0');
  wire::JsonWriter plain(json.data(), json.size());
  plain.string_part(text);
  return std::string(plain.text());
}

// Found: no half of the secret remains.
bool remains(const std::string& text, const std::string& secret) {
  const std::string escaped = as_json(secret);
  const std::size_t part =
      std::max<std::size_t>(std::min<std::size_t>(escaped.size(), 4), escaped.size() / 2);
  for (std::size_t at = 0; at + part <= escaped.size(); ++at) {
    if (text.find(escaped.substr(at, part)) != std::string::npos) return true;
  }
  return false;
}

// How a value may be written.
struct Disguise {
  std::string_view name;
  std::string (*put_on)(const std::string& text);
  std::string (*take_off)(const std::string& text);
};

std::string as_it_is(const std::string& text) { return text; }

std::string escaped(const std::string& text, std::string_view prefix) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || byte >= 0x80) {
      result += c;
    } else {
      result += prefix;
      result += kHex[byte >> 4];
      result += kHex[byte & 15];
    }
  }
  return result;
}
std::string unescaped(const std::string& text, std::string_view prefix) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    if (text.compare(at, prefix.size(), prefix) == 0 && at + prefix.size() + 2 <= text.size()) {
      result += static_cast<char>(std::stoi(text.substr(at + prefix.size(), 2), nullptr, 16));
      at += prefix.size() + 2;
    } else {
      result += text[at++];
    }
  }
  return result;
}

constexpr std::string_view kUnicode = R"(\\u00)";  // as it stands in the JSON of the output
const Disguise kDisguises[] = {
    {"plain", as_it_is, as_it_is},
    {"%40", [](const std::string& text) { return escaped(text, "%"); },
     [](const std::string& text) { return unescaped(text, "%"); }},
    {R"(\u0040)", [](const std::string& text) { return escaped(text, R"(\u00)"); },
     [](const std::string& text) { return unescaped(text, kUnicode); }},
};

struct Row {
  std::string_view name;
  std::size_t of = 0, good = 0;
  std::vector<std::string> examples;
  bool opt_in = false;
  double ratio() const { return of == 0 ? 1 : static_cast<double>(good) / static_cast<double>(of); }
};

Row find_values(const KindOfValue& kind, const Disguise& disguise, const Settings& settings,
                Random& random, const privacy::RuleSet& rules) {
  Row row{kind.name, 0, 0, {}, !kind.by_default};
  for (; row.of < settings.values; ++row.of) {
    const Value value = kind.make(random);
    const std::string written = disguise.put_on(value.text);
    const std::string text = kind.field.empty() ? framed(random, written) : written;
    const std::string left = masked(rules, kind.field, text);
    if (!remains(disguise.take_off(left), value.secret))
      ++row.good;
    else if (row.examples.size() < settings.examples)
      row.examples.push_back(left);
  }
  return row;
}

Row leave_texts(const OrdinaryKind& kind, std::size_t count, const Settings& settings,
                Random& random, const privacy::RuleSet& rules) {
  Row row{kind.name, 0, 0, {}, false};
  for (; row.of < count; ++row.of) {
    const std::string text = kind.make(random);
    const std::string left = masked(rules, "", text);
    if (left == "\"" + as_json(text) + "\"")
      ++row.good;
    else if (row.examples.size() < settings.examples)
      row.examples.push_back(text + " -> " + left);
  }
  return row;
}

void print_examples(const Row& row) {
  for (const auto& example : row.examples) std::printf("      %s\n", example.c_str());
}

bool counts(const Settings& settings, std::string_view name) {
  return settings.kinds.empty() || std::ranges::find(settings.kinds, name) != settings.kinds.end();
}

// `rows`: of each kind one for each disguise.
bool print_recall(const std::vector<Row>& rows, const Settings& settings) {
  bool met = true;
  std::printf("%-26s %10s", "personal", "found");
  for (const Disguise& disguise : kDisguises)
    std::printf(" %8s", std::string(disguise.name).c_str());
  std::printf("  goal %.0f %%\n", kRecallMin * 100);
  for (std::size_t at = 0; at < rows.size(); at += std::size(kDisguises)) {
    const std::string name = std::string(rows[at].name) + (rows[at].opt_in ? " *" : "");
    std::printf("  %-24s %4zu of %3zu", name.c_str(), rows[at].good, rows[at].of);
    bool good = true;
    for (std::size_t i = 0; i < std::size(kDisguises); ++i) {
      std::printf(" %6.1f %%", rows[at + i].ratio() * 100);
      good &= rows[at + i].ratio() >= kRecallMin;
    }
    std::printf("%s\n", good ? "" : "  NOT MET");
    if (counts(settings, rows[at].name)) met &= good;
    for (std::size_t i = 0; i < std::size(kDisguises); ++i) print_examples(rows[at + i]);
  }
  return met;
}

bool print_false(const std::vector<Row>& rows) {
  std::size_t of = 0, wrong = 0;
  std::printf("\n%-26s %10s\n", "ordinary", "masked");
  for (const Row& row : rows) {
    of += row.of;
    wrong += row.of - row.good;
    std::printf("  %-24s %4zu of %4zu\n", std::string(row.name).c_str(), row.of - row.good, row.of);
    print_examples(row);
  }
  const double ratio = static_cast<double>(wrong) / static_cast<double>(of);
  std::printf("  %-24s %4zu of %5zu %6.2f %%, goal %.1f %%%s\n", "all", wrong, of, ratio * 100,
              kFalseMax * 100, ratio <= kFalseMax ? "" : "  NOT MET");
  return ratio <= kFalseMax;
}

privacy::RuleSet with(std::initializer_list<privacy::Kind> besides_defaults) {
  privacy::RuleSetOptions options;
  for (const privacy::Kind kind : besides_defaults) options.detect[kind] = true;
  return privacy::RuleSet(options);
}

// What each detector that must be asked for takes for personal data of the same texts.
void print_opt_in(const Settings& settings) {
  std::printf("\n%-26s %10s\n", "masked if asked for", "ordinary");
  for (const auto& info : privacy::kKindTable) {
    if (info.is_detected) continue;
    Random random(settings.seed + 1);
    const privacy::RuleSet rules = with({info.kind});
    const std::size_t each = settings.texts / kinds_of_ordinary().size();
    std::size_t of = 0, wrong = 0;
    for (const auto& kind : kinds_of_ordinary()) {
      const Row row = leave_texts(kind, each, settings, random, rules);
      of += row.of;
      wrong += row.of - row.good;
    }
    std::printf("  %-24s %4zu of %5zu %6.2f %%\n", std::string(info.name).c_str(), wrong, of,
                100 * static_cast<double>(wrong) / static_cast<double>(of));
  }
}

int run(const Settings& settings) {
  const privacy::RuleSet all = with({privacy::Kind::kBareNationalId, privacy::Kind::kCoordinates});
  const privacy::RuleSet defaults;
  Random random(settings.seed);
  std::vector<Row> found, left;
  for (const auto& kind : kinds_of_values()) {
    for (const Disguise& disguise : kDisguises)
      found.push_back(
          find_values(kind, disguise, settings, random, kind.by_default ? defaults : all));
  }
  const std::size_t each = settings.texts / kinds_of_ordinary().size();
  for (const auto& kind : kinds_of_ordinary())
    left.push_back(leave_texts(kind, each, settings, random, defaults));
  std::printf("seed %llu; the defaults, where a detector need not be asked for (*)\n\n",
              static_cast<unsigned long long>(settings.seed));
  const bool recall = print_recall(found, settings);
  const bool quiet = print_false(left);
  print_opt_in(settings);
  return recall && quiet ? 0 : 1;
}

}  // namespace
}  // namespace penstock::corpus

int main(int argc, char** argv) {
  penstock::corpus::Settings settings;
  CLI::App app("What of personal data is found, and what of ordinary text is taken for it.");
  app.add_option("--seed", settings.seed, "another corpus of the same rules");
  app.add_option("--values", settings.values, "of each kind")->check(CLI::Range(1, 1'000'000));
  app.add_option("--texts", settings.texts, "without personal data")
      ->check(CLI::Range(100, 10'000'000));
  app.add_option("--examples", settings.examples, "to show of what was missed, for each kind");
  app.add_option("--kind", settings.kinds, "whose goal decides on the exit code; may be repeated");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return penstock::corpus::run(settings);
}
