// The file that says which topics there should be. Pure but for load_topic_file().
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace penstock::ctl {

struct WantedTopic {
  std::string name;  // without the prefix
  // What neither the topic nor the defaults say is Kafka's to choose, and is compared with nothing.
  std::optional<int> partitions, replication;
  std::map<std::string, std::string> config;  // Kafka's names and values: retention.ms, 1209600000
};

struct TopicFile {
  std::vector<WantedTopic> topics;  // in the order of the file, the defaults laid under each
  // Empty if all is well. Each says where (file:line:column), which setting, what was expected.
  std::vector<std::string> errors;
  std::vector<std::string> notes;  // what is allowed, but perhaps not meant
};

// The names of Penstock's topics, those of its tools included, without a prefix.
const std::vector<std::string>& penstock_topics();

// `name` stands for the file in errors. Reports every error that it finds, not only the first.
TopicFile parse_topic_file(const std::string& yaml, const std::string& name);
// The same of a file, of 1 MiB at most.
TopicFile load_topic_file(const std::filesystem::path& file);

}  // namespace penstock::ctl
