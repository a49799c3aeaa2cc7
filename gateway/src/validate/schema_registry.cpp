#include "schema_registry.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <utility>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/constraint_builder.hpp>
#include <valijson/constraints/constraint.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "schema_rules.hpp"
#include "wire/event_type.hpp"

namespace penstock::gateway {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;
using valijson::ValidationResults;
using valijson::constraints::Constraint;
using valijson::constraints::ConstraintVisitor;

// How much work an event may be. A schema of lists of small objects takes about one for each byte.
constexpr std::size_t work_max(std::size_t json_bytes) noexcept { return 50'000 + 3 * json_bytes; }
// To find the first flaw. The library keeps texts about all branches of an anyOf until then.
constexpr std::size_t kFlawWorkMax = 500;

// The check that runs on this thread: the library hands nothing of the kind on to a Constraint.
struct Run {
  std::size_t work_left;
  const ValidationResults* results;  // null: only whether there is a flaw
};
thread_local Run* current_run = nullptr;

class RunHere {
 public:
  explicit RunHere(Run& run) noexcept { current_run = &run; }
  ~RunHere() { current_run = nullptr; }
  RunHere(const RunHere&) = delete;
  RunHere& operator=(const RunHere&) = delete;
};

struct Stopped {};  // thrown: enough work, or a flaw is found

// Schemas meet it before all else (schema_rules.hpp).
class WorkConstraint final : public Constraint {
 public:
  explicit WorkConstraint(std::size_t work) noexcept : work_(work) {}

  bool accept(ConstraintVisitor& /*visitor*/) const override {
    Run& run = *current_run;
    if (run.work_left < work_ || (run.results != nullptr && run.results->numErrors() != 0))
      throw Stopped();
    run.work_left -= work_;
    return true;
  }
  OwningPointer clone(CustomAlloc allocate, CustomFree free) const override {
    void* const memory = allocate(sizeof(WorkConstraint));
    if (memory == nullptr) throw std::bad_alloc();
    return {new (memory) WorkConstraint(*this), CustomDeleter<const Constraint>(free)};
  }

 private:
  std::size_t work_;
};

class WorkBuilder final : public valijson::ConstraintBuilder {
 public:
  Constraint* make(const valijson::adapters::Adapter& work) const override {
    return new WorkConstraint(static_cast<std::size_t>(work.asInteger()));
  }
};

// The first steps of `context`, "<root>" and then "[name]" or "[0]" each, that tell nothing of the
// client's own.
std::string pointer_of(const std::vector<std::string>& context, const Json& event,
                       const std::set<std::string>& names) {
  std::string pointer;
  const Json* value = &event;
  for (std::size_t i = 1; i < context.size() && context[i].size() >= 2; ++i) {
    const std::string step = context[i].substr(1, context[i].size() - 2);
    if (value->is_array()) {
      std::size_t index = 0;
      std::from_chars(step.data(), step.data() + step.size(), index);
      if (index >= value->size()) break;
      value = &(*value)[index];
    } else {
      if (!names.contains(step) || !value->contains(step)) break;
      value = &(*value)[step];
    }
    std::string escaped;
    for (const char c : step) escaped += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    pointer += "/" + escaped;
  }
  return pointer;
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

struct FileName {
  std::string type;
  std::uint64_t version = 0;
};

// <Type>.v<version>.json
std::optional<FileName> parse_name(std::string_view name) {
  constexpr std::string_view kEnd = ".json";
  constexpr std::string_view kBeforeVersion = ".v";
  const auto dot = name.find(kBeforeVersion);
  if (dot == std::string_view::npos || !name.ends_with(kEnd)) return std::nullopt;
  FileName parsed{std::string(name.substr(0, dot)), 0};
  name.remove_prefix(dot + kBeforeVersion.size());
  if (name.size() <= kEnd.size()) return std::nullopt;
  name.remove_suffix(kEnd.size());
  const char* const begin = name.data();
  const char* const end = begin + name.size();
  const auto [stop, error] = std::from_chars(begin, end, parsed.version);
  const bool whole = error == std::errc() && stop == end && *begin != '0';
  if (!whole || parsed.version > wire::kSchemaVersionMax || !wire::is_event_type_name(parsed.type))
    return std::nullopt;
  return parsed;
}

// Throws SchemaFault.
Json read_json(const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) {
    throw SchemaFault(error ? "cannot be read: " + error.message()
                            : "is no file; move it out of the folder");
  }
  std::ifstream in(file, std::ios::binary);
  std::string text(SchemaRegistry::kFileBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || !in.is_open())
    throw SchemaFault("may not be read; give the gateway's user the right to");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > SchemaRegistry::kFileBytesMax)
    throw SchemaFault("is larger than 256 KiB; make the schema smaller");
  bool too_deep = false;
  const auto look_at_depth = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth >= static_cast<int>(kSchemaDepthMax);
    return !too_deep;
  };
  const Json schema = [&] {
    try {
      return Json::parse(text, look_at_depth);
    } catch (const Json::exception& fault) {
      throw SchemaFault(std::string("is not JSON: ") + fault.what());
    }
  }();
  if (too_deep) {
    throw SchemaFault("is nested deeper than " + std::to_string(kSchemaDepthMax) +
                      " levels; make it flatter");
  }
  if (!schema.is_object()) throw SchemaFault("is not a JSON object; a schema of an event is one");
  return schema;
}

}  // namespace

class SchemaRegistry::Schema {
 public:
  // Throws SchemaFault.
  explicit Schema(const Json& source) {
    PlainSchema plain = plain_schema(source);
    names_ = std::move(plain.names);
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.addConstraintBuilder(kWorkKeyword, new WorkBuilder);  // now the parser's
    try {
      parser.populateSchema(Adapter(plain.schema), schema_);
    } catch (const std::exception& fault) {
      throw SchemaFault(std::string("is not a schema of draft 7: ") + fault.what());
    }
  }

  Checked check(std::string_view json) const {
    Json event = Json::parse(json, nullptr, false);
    if (event.is_discarded()) return {"", 0};  // a number beyond a double
    keep_numbers_positive(event);
    Run run{work_max(json.size()), nullptr};
    const bool good = conforms(event, run, nullptr);
    const std::size_t work = work_max(json.size()) - run.work_left;
    if (good) return {std::nullopt, work};
    ValidationResults results;
    Run search{kFlawWorkMax, &results};
    static_cast<void>(conforms(event, search, &results));
    ValidationResults::Error first;
    return {results.popError(first) ? pointer_of(first.context, event, names_) : "",
            work + kFlawWorkMax};
  }

 private:
  bool conforms(const Json& event, Run& run, ValidationResults* results) const {
    const RunHere here(run);
    try {
      // Of its own for each event: it keeps what it has met.
      return valijson::Validator().validate(schema_, Adapter(event), results);
    } catch (const Stopped&) {
      return false;
    }
  }

  valijson::Schema schema_;
  std::set<std::string> names_;
};

SchemaRegistry::SchemaRegistry() = default;
SchemaRegistry::SchemaRegistry(SchemaRegistry&&) noexcept = default;
SchemaRegistry& SchemaRegistry::operator=(SchemaRegistry&&) noexcept = default;
SchemaRegistry::~SchemaRegistry() = default;

LoadedSchemas SchemaRegistry::load(const fs::path& folder) {
  LoadedSchemas loaded;
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().filename().string().starts_with('.')) continue;
    files.push_back(it->path());
    if (files.size() <= kFilesMax) continue;
    loaded.errors.push_back(quoted(folder) + " has more than " + std::to_string(kFilesMax) +
                            " files; remove versions that nobody sends any more");
    return loaded;
  }
  if (error) {
    loaded.errors.push_back(quoted(folder) + " cannot be read as a folder: " + error.message() +
                            "; check the path, and the rights of the gateway's user");
  } else if (files.empty()) {
    loaded.errors.push_back(quoted(folder) +
                            " holds no schema; add <Type>.v<version>.json, for example "
                            "Purchase.v1.json, or leave the setting out");
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    try {
      const auto name = parse_name(file.filename().string());
      if (!name) {
        throw SchemaFault(
            "is no name of a schema; expected <Type>.v<version>.json, for example "
            "Purchase.v1.json: at most 64 letters and digits, the first a capital, and a version "
            "from 1 to " +
            std::to_string(wire::kSchemaVersionMax));
      }
      if (name->type == wire::kUserActivity || name->type == wire::kDatabaseChange)
        throw SchemaFault("is a type of the gateway's own; choose another name");
      loaded.registry.schemas_[name->type][name->version] =
          std::make_unique<const Schema>(read_json(file));
    } catch (const std::exception& fault) {
      loaded.errors.push_back(quoted(file) + " " + fault.what());
    }
  }
  return loaded;
}

std::vector<std::string> SchemaRegistry::types() const {
  std::vector<std::string> types;
  types.reserve(schemas_.size());
  for (const auto& [type, versions] : schemas_) types.push_back(type);
  return types;
}

const SchemaRegistry::Schema* SchemaRegistry::find(std::string_view type,
                                                   std::uint64_t version) const {
  const auto versions = schemas_.find(type);
  if (versions == schemas_.end()) return nullptr;
  const auto found = versions->second.find(version);
  return found == versions->second.end() ? nullptr : found->second.get();
}

SchemaRegistry::Checked SchemaRegistry::check(std::string_view type, std::uint64_t version,
                                              std::string_view json) const {
  const Schema* const schema = find(type, version);
  return schema == nullptr ? Checked{"", 0} : schema->check(json);
}

}  // namespace penstock::gateway
