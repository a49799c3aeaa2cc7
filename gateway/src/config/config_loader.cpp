#include "config_loader.hpp"

#include <unistd.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>

#include "file_fault.hpp"
#include "nearest_name.hpp"
#include "setting_table.hpp"

namespace penstock::gateway {
namespace {

std::string join(const std::vector<std::string>& parts) {
  std::string joined;
  for (const auto& part : parts) joined += (joined.empty() ? "" : ", ") + part;
  return joined;
}

std::string below(const std::string& section, const std::string& name) {
  return section.empty() ? name : section + "." + name;
}

class DocumentStarts : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { last = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  YAML::Mark last;
};

// Where it begins, if there is one. Not YAML::LoadAll(): of "," that makes documents without end.
std::optional<YAML::Mark> second_document(const std::string& yaml) {
  std::istringstream stream(yaml);
  YAML::Parser parser(stream);
  DocumentStarts starts;
  if (!parser.HandleNextDocument(starts) || !parser.HandleNextDocument(starts)) return std::nullopt;
  return starts.last;
}

// Walks one document and fills `loaded`.
class YamlReader {
 public:
  YamlReader(std::string file, const Environment& environment, LoadedConfig& loaded)
      : file_(std::move(file)), environment_(environment), loaded_(loaded) {}

  void read_document(const std::string& yaml) {
    if (const auto second = second_document(yaml)) {
      loaded_.errors.push_back(
          place(*second) +
          ": this file: a second document begins here, behind \"---\" or where no setting "
          "can stand; keep one, the gateway would read no other");
      return;
    }
    read_section(YAML::Load(yaml), "");
  }

  void read_section(const YAML::Node& node, const std::string& section) {
    if (node.IsNull()) return;  // "limits:" with nothing below
    if (!node.IsMap()) {
      return fail(node, section.empty() ? "this file" : section,
                  "expected settings, as in \"name: value\"");
    }
    const auto known = names_below(section);
    read_map(node, section, known, [&](const std::string& path, const YAML::Node& value) {
      if (path == kKeysPath) return read_keys(value);
      if (path == kPropertiesPath) return read_properties(value);
      for (const auto& setting : config_settings())
        if (setting.path == path) return read_setting(setting, loaded_.config, path, value);
      read_section(value, path);
    });
  }

 private:
  void fail(const YAML::Node& node, const std::string& path, const std::string& what) {
    loaded_.errors.push_back(place_of(node) + ": " + path + ": " + what);
  }
  std::string place_of(const YAML::Node& node) const { return place(node.Mark()); }
  std::string place(const YAML::Mark& mark) const {
    if (mark.is_null()) return file_;
    return file_ + ':' + std::to_string(mark.line + 1) + ':' + std::to_string(mark.column + 1);
  }

  // Calls `read(path, value)` for each entry whose name is known and stands there once.
  template <typename Read>
  void read_map(const YAML::Node& map, const std::string& section,
                const std::vector<std::string>& known, Read read) {
    std::set<std::string> seen;
    for (const auto& entry : map) {
      if (!entry.first.IsScalar()) {
        fail(entry.first, section, "a name is expected here");
        continue;
      }
      const std::string name = entry.first.Scalar();
      const std::string path = below(section, name);
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        fail(entry.first, path, unknown(section, name, known));
      } else if (!seen.insert(name).second) {
        fail(entry.first, path, "set twice; keep one");
      } else {
        loaded_.places[path] = place_of(entry.first);
        read(path, entry.second);
      }
    }
  }

  static std::string unknown(const std::string& section, const std::string& name,
                             const std::vector<std::string>& known) {
    const auto common = names_below(kPrivacyPath);
    if (section.starts_with("keys[") && section.ends_with("." + std::string(kPrivacyPath)) &&
        std::find(common.begin(), common.end(), name) != common.end())
      return "is common to all keys; set it in the section privacy, beside keys";
    // A third of the letters may differ: "brokerz" is a slip of brokers, "host" is not.
    const auto nearest = nearest_name(name, known, std::max<std::size_t>(1, name.size() / 3));
    if (!nearest.empty()) return "unknown; did you mean " + nearest + "?";
    return "unknown; known here are " + join(known);
  }

  template <typename Target>
  void read_setting(const Setting<Target>& setting, Target& target, const std::string& path,
                    const YAML::Node& node) {
    std::vector<std::string> values;
    bool right_shape = node.IsScalar();
    if (right_shape) {
      const auto value = expanded(node, path, node.Scalar());
      if (!value) return;
      values.push_back(*value);
    } else if (setting.list && (node.IsSequence() || node.IsNull())) {
      right_shape = true;
      for (const auto& element : node) {
        right_shape = right_shape && element.IsScalar();
        if (!right_shape) break;
        const auto value = expanded(element, path, element.Scalar());
        if (!value) return;
        values.push_back(*value);
      }
    }
    if (right_shape && setting.assign(target, values)) return;
    std::string what = "expected " + std::string(setting.expected);
    if (node.IsScalar() && !setting.secret) what += ", found \"" + node.Scalar() + "\"";
    if (node.IsNull()) what += ", found nothing";
    fail(node, path, what);
  }

  // Nothing if it names a variable that is not there, which is reported.
  std::optional<std::string> expanded(const YAML::Node& node, const std::string& path,
                                      const std::string& value) {
    auto result = expand_variables(value, environment_);
    if (result.error.empty()) return std::move(result.text);
    fail(node, path, result.error);
    return std::nullopt;
  }

  void read_keys(const YAML::Node& node) {
    if (node.IsNull()) return;
    if (!node.IsSequence())
      return fail(node, "keys", "expected a list, as in \"- id: desktop-app\"");
    for (const auto& element : node) {
      const std::string path = "keys[" + std::to_string(loaded_.config.keys.size()) + "]";
      KeyConfig& key = loaded_.config.keys.emplace_back();
      if (element.IsMap())
        read_key(element, path, "", key);
      else
        fail(element, path, "expected id and digest");
    }
  }

  // What stands below `section` of the key, whose path is `key_path`.
  void read_key(const YAML::Node& node, const std::string& key_path, const std::string& section,
                KeyConfig& key) {
    const std::string path = section.empty() ? key_path : below(key_path, section);
    read_map(node, path, key_names_below(section),
             [&](const std::string& name, const YAML::Node& value) {
               for (const auto& setting : key_settings())
                 if (below(key_path, std::string(setting.path)) == name)
                   return read_setting(setting, key, name, value);
               if (value.IsNull()) return;
               if (!value.IsMap())
                 return fail(value, name, "expected settings, as in \"rules: [userId hash]\"");
               read_key(value, key_path, name.substr(key_path.size() + 1), key);
             });
  }

  void read_properties(const YAML::Node& node) {
    if (node.IsNull()) return;
    const std::string path(kPropertiesPath);
    if (!node.IsMap()) return fail(node, path, "expected librdkafka's names and values");
    for (const auto& entry : node) {
      if (!entry.first.IsScalar() || !entry.second.IsScalar()) {
        fail(entry.first, path, "expected text, for example \"client.id: gateway-1\"");
        continue;
      }
      read_property(entry.first, below(path, entry.first.Scalar()), entry.second);
    }
  }

  // sasl.password_file: the value of sasl.password is what is in that file.
  void read_property(const YAML::Node& name_node, const std::string& path,
                     const YAML::Node& value_node) {
    loaded_.places[path] = place_of(name_node);
    auto value = expanded(value_node, path, value_node.Scalar());
    if (!value) return;
    std::string name = name_node.Scalar();
    if (name.ends_with(kFileSuffix)) {
      auto content = read_secret_file(*value);
      if (!content.error.empty()) return fail(value_node, path, content.error);
      name.erase(name.size() - kFileSuffix.size());
      value = std::move(content.text);
    }
    if (!loaded_.config.kafka.properties.emplace(name, *value).second)
      fail(name_node, path, "set twice; keep one");
  }

  static constexpr std::string_view kFileSuffix = "_file";

  std::string file_;
  const Environment& environment_;
  LoadedConfig& loaded_;
};

// Kubernetes sets <SERVICE>_PORT=tcp://10.0.0.1:9464 for each Service, with the name of the Service
// in capitals.
bool is_of_a_service(const std::string& name, const std::string& value) {
  return name.ends_with("_PORT") && value.find("://") != std::string::npos;
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');)
    if (!part.empty()) parts.push_back(part);
  return parts;
}

void read_environment(const Environment& environment, LoadedConfig& loaded) {
  std::vector<std::string> known;
  for (const auto& setting : config_settings()) {
    known.push_back(environment_name(setting.path));
    const auto found = environment.find(known.back());
    if (found == environment.end()) continue;
    if (is_of_a_service(found->first, found->second)) {
      loaded.notes.push_back("environment: " + found->first + "=" + found->second +
                             " is passed over: Kubernetes sets it for a Service of that name");
      continue;
    }
    const auto values =
        setting.list ? split_list(found->second) : std::vector<std::string>{found->second};
    loaded.places[std::string(setting.path)] = "environment: " + known.back();
    if (setting.assign(loaded.config, values)) continue;
    loaded.errors.push_back("environment: " + known.back() + ": expected " +
                            std::string(setting.expected) + ", found \"" + found->second + "\"");
  }
  for (const auto& [name, value] : environment) {
    if (!name.starts_with("PENSTOCK_")) continue;
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (is_of_a_service(name, value)) continue;
    const auto nearest = nearest_name(name, known, 2);
    if (nearest.empty()) continue;
    loaded.errors.push_back("environment: " + name + ": unknown; did you mean " + nearest + "?");
  }
}

}  // namespace

LoadedConfig parse_config(const std::string& yaml, const std::string& name,
                          const Environment& environment) {
  LoadedConfig loaded;
  try {
    YamlReader(name, environment, loaded).read_document(yaml);
  } catch (const YAML::Exception& error) {
    loaded.errors.push_back(name + ":" + std::to_string(error.mark.line + 1) + ":" +
                            std::to_string(error.mark.column + 1) + ": not YAML: " + error.msg);
  }
  read_environment(environment, loaded);
  return loaded;
}

LoadedConfig load_config(const std::filesystem::path& file, const Environment& environment) {
  const auto refused = [&](const std::string& why) {
    LoadedConfig loaded;
    loaded.errors.push_back(file.string() + ": " + why);
    return loaded;
  };
  if (const auto fault = file_fault(file.string()); !fault.empty()) return refused(fault);
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    return refused("is empty; gateway.example.yaml shows what belongs into it");
  return parse_config(text, file.string(), environment);
}

std::string located(const std::string& error, const LoadedConfig& loaded) {
  std::string name = error.substr(0, error.find(": "));
  // What is missing stands nowhere: then the section that it belongs into.
  for (;;) {
    if (const auto place = loaded.places.find(name); place != loaded.places.end())
      return place->second + ": " + error;
    const auto dot = name.rfind('.');
    if (dot == std::string::npos) return error;
    name.resize(dot);
  }
}

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

}  // namespace penstock::gateway
