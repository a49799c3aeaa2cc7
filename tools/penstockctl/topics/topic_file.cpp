#include "topic_file.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>
#include <string_view>

#include "nearest_name.hpp"
#include "topic_setting.hpp"
#include "wire/topics.hpp"

namespace penstock::ctl {
namespace {

constexpr int kPartitionsMax = 100'000;
constexpr int kReplicationMax = 1000;

class DocumentStarts : public YAML::EventHandler {
 public:
  using Mark = YAML::Mark;
  using Text = std::string;
  void OnDocumentStart(const Mark& mark) override { last = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const Mark&, YAML::anchor_t) override {}
  void OnAlias(const Mark&, YAML::anchor_t) override {}
  void OnScalar(const Mark&, const Text&, YAML::anchor_t, const Text&) override {}
  void OnSequenceStart(const Mark&, const Text&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const Mark&, const Text&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  Mark last;
};

// Where it begins, if there is one: yaml-cpp would read the first alone.
std::optional<YAML::Mark> second_document(const std::string& yaml) {
  std::istringstream stream(yaml);
  YAML::Parser parser(stream);
  DocumentStarts starts;
  if (!parser.HandleNextDocument(starts) || !parser.HandleNextDocument(starts)) return std::nullopt;
  return starts.last;
}

// A topic, or the defaults, with where its settings stand.
struct Entry {
  WantedTopic topic;
  std::map<std::string, std::string> places;  // by Kafka's name: "topics.yaml:3:5: topics.a.config"
};

class TopicFileReader {
 public:
  TopicFileReader(std::string file, TopicFile& result) : file_(std::move(file)), result_(result) {}

  void read(const std::string& yaml) {
    if (const auto second = second_document(yaml)) {
      result_.errors.push_back(place(*second) +
                               ": this file: a second document begins here, behind \"---\" or "
                               "where no setting can stand; keep one");
      return;
    }
    const YAML::Node root = YAML::Load(yaml);
    Entry defaults;
    YAML::Node topics;
    read_map(root, "", {"defaults", "topics"}, [&](const auto& name, const YAML::Node& value) {
      if (name == "defaults") read_entry(value, name, defaults);
      // Not "=", which would write into the node of the document.
      if (name == "topics") topics.reset(value);
    });
    if (!result_.errors.empty() && !topics.IsMap()) return;
    if (!topics.IsMap() || topics.size() == 0)
      return fail(topics.IsNull() ? root : topics, "topics",
                  "expected topics, as in \"user-activity: {}\"");
    read_map(topics, "topics", {}, [&](const std::string& name, const YAML::Node& value) {
      read_topic(name, value, defaults);
    });
    note_missing();
  }

 private:
  using Read = std::function<void(const std::string& name, const YAML::Node& value)>;

  void fail(const YAML::Node& node, const std::string& path, const std::string& what) {
    result_.errors.push_back(place(node.Mark()) + ": " + path + ": " + what);
  }
  std::string place(const YAML::Mark& mark) const {
    if (mark.is_null()) return file_;
    return file_ + ':' + std::to_string(mark.line + 1) + ':' + std::to_string(mark.column + 1);
  }
  static std::string below(const std::string& section, const std::string& name) {
    return section.empty() ? name : section + "." + name;
  }
  static std::string found(const YAML::Node& node) {
    if (node.IsNull()) return ", found nothing";
    return node.IsScalar() ? ", found \"" + node.Scalar() + "\"" : "";
  }

  // Calls `read` for each name that stands there once and is known; none known: all are.
  void read_map(const YAML::Node& map, const std::string& section,
                const std::vector<std::string>& known, const Read& read) {
    if (map.IsNull() && !section.empty()) return;  // "config:" with nothing below
    if (!map.IsMap()) {
      return fail(map, section.empty() ? "this file" : section,
                  "expected settings, as in \"name: value\"" + found(map));
    }
    std::set<std::string> seen;
    for (const auto& entry : map) {
      if (!entry.first.IsScalar()) {
        fail(entry.first, section.empty() ? "this file" : section, "a name is expected here");
        continue;
      }
      const std::string name = entry.first.Scalar();
      const std::string path = below(section, name);
      if (const auto fault = known.empty() ? "" : unknown(name, known); !fault.empty())
        fail(entry.first, path, fault);
      else if (!seen.insert(kafka_name(name)).second)
        fail(entry.first, path, "set twice; keep one");
      else {
        name_mark_ = entry.first.Mark();
        read(name, entry.second);
      }
    }
  }

  // "" if it is known.
  static std::string unknown(const std::string& name, const std::vector<std::string>& known) {
    if (std::ranges::find(known, name) != known.end()) return "";
    // A third of the letters may differ: "replikation" is a slip of replication, "owner" is not.
    const auto nearest = nearest_name(name, known, std::max<std::size_t>(1, name.size() / 3));
    if (!nearest.empty()) return "unknown; did you mean " + nearest + "?";
    const bool of_kafka = &known == &topic_setting_names();
    if (of_kafka && name.find('.') != std::string::npos)
      return "";  // of a Kafka that we do not know
    std::string all;
    for (const auto& each : known) all += (all.empty() ? "" : ", ") + each;
    return of_kafka ? "unknown; expected a setting of Kafka's topics, retention or cleanup"
                    : "unknown; known here are " + all;
  }

  void read_entry(const YAML::Node& node, const std::string& path, Entry& entry) {
    static const std::vector<std::string> kNames = {"partitions", "replication", "config"};
    read_map(node, path, kNames, [&](const std::string& name, const YAML::Node& value) {
      if (name == "config") return read_config(value, below(path, name), entry);
      const bool partitions = name == "partitions";
      const int max = partitions ? kPartitionsMax : kReplicationMax;
      const auto number = value.IsScalar() ? whole_number(value.Scalar()) : std::nullopt;
      if (!number || *number < 1 || *number > max) {
        return fail(value, below(path, name),
                    "expected a whole number from 1 to " + std::to_string(max) + found(value));
      }
      (partitions ? entry.topic.partitions : entry.topic.replication) = static_cast<int>(*number);
      entry.places[name] = place(name_mark_) + ": " + below(path, name);
    });
  }

  void read_config(const YAML::Node& node, const std::string& path, Entry& entry) {
    read_map(node, path, topic_setting_names(),
             [&](const std::string& name, const YAML::Node& value) {
               const std::string setting = kafka_name(name);
               std::string text = value.IsScalar() ? value.Scalar() : "";
               if (value.IsSequence() && setting == kCleanup) {
                 for (const auto& policy : value)
                   text += (text.empty() ? "" : ",") + (policy.IsScalar() ? policy.Scalar() : "?");
               }
               const auto read = to_kafka_value(setting, text);
               if (!read.text) {
                 return fail(value, below(path, name),
                             "expected " + std::string(read.expected) + found(value));
               }
               entry.topic.config[setting] = *read.text;
               entry.places[setting] = place(name_mark_) + ": " + below(path, name);
             });
  }

  void read_topic(const std::string& name, const YAML::Node& value, const Entry& defaults) {
    const std::string path = below("topics", name);
    const std::string where = place(name_mark_) + ": " + path + ": ";
    if (const auto fault = name_fault(name); !fault.empty())
      result_.errors.push_back(where + fault);
    const auto& known = penstock_topics();
    if (std::ranges::find(known, name) == known.end()) {
      constexpr std::size_t kSlipsMax = 2;
      const auto nearest = nearest_name(name, known, kSlipsMax);
      if (nearest.empty())
        result_.notes.push_back(where + "not a topic of Penstock");
      else
        result_.errors.push_back(where + "not a topic of Penstock; did you mean " + nearest + "?");
    }
    Entry entry = defaults;
    entry.topic.name = name;
    read_entry(value, path, entry);
    check_insync(entry);
    result_.topics.push_back(std::move(entry.topic));
  }

  static std::string name_fault(const std::string& name) {
    constexpr std::size_t kLengthMax = 249;
    constexpr std::string_view kAllowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    if (name.empty() || name.size() > kLengthMax || name == "." || name == ".." ||
        name.find_first_not_of(kAllowed) != std::string::npos)
      return "expected a topic's name: up to 249 letters, digits, '.', '_' and '-'";
    return "";
  }

  void check_insync(const Entry& entry) {
    const auto insync = entry.topic.config.find(std::string(kMinInsync));
    if (insync == entry.topic.config.end() || !entry.topic.replication) return;
    if (*whole_number(insync->second) <= *entry.topic.replication) return;
    result_.errors.push_back(entry.places.at(insync->first) + ": expected at most " +
                             entry.topic.name + "'s replication, " +
                             std::to_string(*entry.topic.replication) + ", found \"" +
                             insync->second + "\": nothing could be written to the topic");
  }

  void note_missing() {
    for (const auto topic : wire::kTopics) {
      if (std::ranges::find(result_.topics, topic, &WantedTopic::name) != result_.topics.end())
        continue;
      const bool seldom = topic == wire::kTopicCustomEvents;
      result_.notes.push_back(file_ + ": " + std::string(topic) +
                              " is missing; gateways write to that topic" +
                              (seldom ? " if they have event_types.schemas" : ""));
    }
  }

  const std::string file_;
  TopicFile& result_;
  YAML::Mark name_mark_;  // of the name that is read now
};

}  // namespace

const std::vector<std::string>& penstock_topics() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all(wire::kTopics.begin(), wire::kTopics.end());
    for (const auto name : {wire::kTopicErasureRequests, wire::kTopicErasureAudit,
                            wire::kTopicRedriveLedger, wire::kTopicQuarantine})
      all.emplace_back(name);
    return all;
  }();
  return names;
}

TopicFile parse_topic_file(const std::string& yaml, const std::string& name) {
  TopicFile result;
  try {
    TopicFileReader(name, result).read(yaml);
  } catch (const YAML::Exception& error) {
    result.errors.push_back(name + ":" + std::to_string(error.mark.line + 1) + ":" +
                            std::to_string(error.mark.column + 1) + ": not YAML: " + error.msg);
  }
  return result;
}

TopicFile load_topic_file(const std::filesystem::path& file) {
  const auto refused = [&](const std::string& why) {
    TopicFile result;
    result.errors.push_back(file.string() + ": " + why);
    return result;
  };
  constexpr std::size_t kBytesMax = 1 << 20;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return refused("does not exist; check the path");
  if (std::filesystem::is_directory(file, error)) return refused("is a folder; name a file");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return refused("cannot be read; check its permissions");
  std::string text(kBytesMax + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kBytesMax) return refused("is larger than 1 MiB: no file of topics");
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    return refused("is empty; topics.example.yaml shows what belongs into it");
  return parse_topic_file(text, file.string());
}

}  // namespace penstock::ctl
