// Which dead letters are meant, on a command line.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "dead_letter.hpp"

namespace penstock::ctl {

struct LetterOptions {
  LetterFilter filter;  // without its times
  std::string since, until;
};

// Adds --code, --pointer, --key, --type, --user, --since and --until. `options` outlives the parsing.
void add_letter_options(CLI::App& command, LetterOptions& options);

// With its times, as of now.
LetterFilter filter_of(const LetterOptions& options);

// What `parse` says about a text, if it throws: for CLI::Option::check().
std::function<std::string(const std::string&)> checked_by(
    std::function<void(const std::string&)> parse);

}  // namespace penstock::ctl
