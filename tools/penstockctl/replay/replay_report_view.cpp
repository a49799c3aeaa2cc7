#include "replay_report_view.hpp"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "record_view.hpp"
#include "run_control.hpp"
#include "wire/timestamp.hpp"

namespace penstock::ctl {
namespace {

using Json = nlohmann::ordered_json;

std::string time_text(std::int64_t time_ms) {
  std::string text(wire::kTimestampBytes, ' ');
  wire::format_timestamp(time_ms, text.data());
  return text;
}

std::string number(std::int64_t value) { return with_commas(static_cast<std::uint64_t>(value)); }

std::vector<std::pair<std::string, std::uint64_t>> most_frequent(const ReplayReport& report) {
  std::vector<std::pair<std::string, std::uint64_t>> rows(report.kinds.begin(), report.kinds.end());
  std::ranges::stable_sort(rows, std::greater(), &std::pair<std::string, std::uint64_t>::second);
  return rows;
}

std::string parts_text(const ReplayReport& report, const ReplayNames& names) {
  std::string text;
  for (const auto& part : report.state.parts) {
    text += "  " + plain(names.from) + '[' + std::to_string(part.partition) + ']';
    if (part.at >= part.end)
      text += part.end > part.begin ? "  done\n" : "  nothing\n";
    else
      text += '@' + std::to_string(part.at) + '-' + std::to_string(part.end - 1) + "  about " +
              counted(static_cast<std::uint64_t>(part.end - part.at), "record") + '\n';
  }
  return text;
}

std::string kinds_text(const ReplayReport& report) {
  constexpr std::size_t kRowsMax = 30;
  const auto rows = most_frequent(report);
  std::string text;
  for (std::size_t i = 0; i < std::min(rows.size(), kRowsMax); ++i) {
    const std::string count = with_commas(rows[i].second);
    text += std::string(12 - std::min<std::size_t>(count.size(), 12), ' ') + count + "  " +
            plain(rows[i].first) + '\n';
  }
  if (rows.size() > kRowsMax)
    text += "            … and " + counted(rows.size() - kRowsMax, "more kind") + '\n';
  return text;
}

std::string preview_text(const ReplayReport& report, const ReplayNames& names) {
  std::string text = "run " + names.run + " would read " + plain(names.from) + ":\n" +
                     parts_text(report, names) + "and bring " + counted(report.matched, "record") +
                     " of " + with_commas(report.read) + " to " + plain(names.to) + '\n';
  if (report.was_begun)
    text += "It goes on: " + number(report.state.done()) + " of " + number(report.state.total()) +
            " offsets are done by earlier runs.\n";
  if (report.matched == 0) return text;
  return text + '\n' + kinds_text(report) + "\nThey arrived in Kafka from " +
         time_text(*report.first_ms) + " to " + time_text(*report.last_ms) + ".\n";
}

}  // namespace

std::string to_text(const ReplayReport& report, const ReplayNames& names, bool would) {
  if (report.was_finished)
    return "run " + names.run + " is finished: it has brought " +
           counted(report.state.brought, "record") + " from " + plain(names.from) + " to " +
           plain(names.to) + ". To bring them once more, give a --name that is new.\n";
  if (would) return preview_text(report, names);
  const auto& state = report.state;
  std::string text = "run " + names.run + " is finished: " + counted(state.brought, "record") +
                     " brought from " + plain(names.from) + " to " + plain(names.to) + '\n';
  if (state.skipped > 0)
    text += counted(state.skipped, "record") + " left out: this run had brought them already\n";
  if (state.renamed > 0)
    text += counted(state.renamed, "event") +
            " without installId and seq got another eventId from the gateway\n";
  if (state.rejected > 0)
    text += counted(state.rejected, "event") + " rejected by the gateway, see dead-letter\n";
  for (const auto& [code, count] : report.codes)
    text += "  " + plain(code) + ": " + with_commas(count) + '\n';
  return text;
}

std::string to_json(const ReplayReport& report, const ReplayNames& names, bool would) {
  const auto& state = report.state;
  Json json = {{"dryRun", would},
               {"name", names.run},
               {"from", names.from},
               {"to", names.to},
               {"goesOn", report.was_begun},
               {"finished", state.finished()},
               {"offsetsDone", state.done()},
               {"offsets", state.total()},
               {"brought", state.brought},
               {"skipped", state.skipped},
               {"expired", state.expired},
               {"renamed", state.renamed},
               {"rejected", state.rejected}};
  if (!report.codes.empty()) json["codes"] = report.codes;
  if (would) {
    json["read"] = report.read;
    json["matched"] = report.matched;
    if (report.first_ms) json["first"] = time_text(*report.first_ms);
    if (report.last_ms) json["last"] = time_text(*report.last_ms);
    json["kinds"] = Json::object();
    for (const auto& [kind, count] : most_frequent(report)) json["kinds"][kind] = count;
    json["ranges"] = Json::array();
    for (const auto& part : state.parts)
      json["ranges"].push_back(
          {{"partition", part.partition}, {"begin", part.at}, {"end", part.end}});
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace penstock::ctl
