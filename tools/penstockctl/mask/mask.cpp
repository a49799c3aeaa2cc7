#include "mask.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "mask_lines.hpp"
#include "mask_rules.hpp"

namespace penstock::ctl {
namespace {

struct MaskOptions {
  RuleChanges changes;
  std::string file;
  MaskView view;
};

privacy::RuleSet rules_of(const MaskOptions& options) {
  if (!options.changes.path_rules.empty() && !options.view.json) {
    throw CLI::ValidationError(
        "--rule", "needs --json: a rule finds fields by their path, and a line of text has none");
  }
  try {
    return rules_with(options.changes);
  } catch (const WrongRule& wrong) {
    throw CLI::ValidationError(wrong.what());
  }
}

void run(MaskOptions& options) {
  const privacy::RuleSet rules = rules_of(options);
  options.view.path_rules = options.changes.path_rules;
  if (hashes(rules)) {
    std::cerr
        << "penstockctl: hashes use a random salt of this run: equal values have equal hashes "
           "within this output only, and other ones in Kafka\n";
  }
  if (options.file.empty()) return mask_lines(rules, options.view, std::cin, std::cout);
  std::ifstream file(options.file, std::ios::binary);
  if (!file) throw std::runtime_error(options.file + " cannot be read; check its permissions");
  mask_lines(rules, options.view, file, std::cout);
}

}  // namespace

void add_mask(CLI::App& app) {
  const auto options = std::make_shared<MaskOptions>();
  auto* const mask =
      app.add_subcommand("mask", "Show what texts and events become once they are masked");
  mask->footer(
      "Reads lines from the standard input, by the rules that the SDK and the gateway have unless "
      "their settings say otherwise. Nothing is sent or kept. A line has 1 MiB at most.");
  mask->add_option("--file", options->file, "Read this file instead")->check(CLI::ExistingFile);
  mask->add_flag("--json", options->view.json,
                 "Each line is an event, a JSON object: mask by the names of fields too");
  mask->add_flag(
      "--explain", options->view.explain,
      "Under each line, each place that is masked: its kind or rule, offset and length in bytes");
  mask->add_option("--also", options->changes.also,
                   "Look for this kind too, for example coordinates; may be repeated")
      ->allow_extra_args(false)
      ->check(kind_fault);
  mask->add_option("--not", options->changes.without,
                   "Do not look for this kind; wins over --also; may be repeated")
      ->allow_extra_args(false)
      ->check(kind_fault);
  mask->add_option("--remove", options->changes.remove_fields,
                   "Remove the values of fields of this name, too; may be repeated")
      ->allow_extra_args(false);
  mask->add_option("--allow", options->changes.allow_fields,
                   "Leave fields of this name alone, though built in; may be repeated")
      ->allow_extra_args(false);
  mask->add_option("--rule", options->changes.path_rules,
                   "With --json: \"<path> <action>\", for example \"details.notes remove\"; the "
                   "first that matches decides; may be repeated")
      ->allow_extra_args(false);
  mask->add_option("--pseudonym-key", options->changes.pseudonym_keys,
                   "<id>=<file>: the key of a rule that says \"pseudonym <id>\"; may be repeated")
      ->allow_extra_args(false);
  mask->callback([options] { run(*options); });
}

}  // namespace penstock::ctl
