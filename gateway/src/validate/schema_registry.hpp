// The JSON Schemas of custom event types, by type and version.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::gateway {

struct LoadedSchemas;

// Immutable: any thread.
class SchemaRegistry {
 public:
  static constexpr std::size_t kFilesMax = 1000;
  static constexpr std::size_t kFileBytesMax = std::size_t{256} * 1024;

  SchemaRegistry();  // knows no type
  SchemaRegistry(SchemaRegistry&&) noexcept;
  SchemaRegistry& operator=(SchemaRegistry&&) noexcept;
  ~SchemaRegistry();

  // Reads each <Type>.v<version>.json of `folder`, JSON Schema draft 7. Names that begin with a dot
  // are passed over: Kubernetes puts such into the folder of a ConfigMap. Does not throw for what
  // is wrong with the folder: see LoadedSchemas.
  //
  // Refused, because events are untrusted: pattern, patternProperties and format (the library
  // meets them with std::regex), uniqueItems (quadratic time), a $ref to another document, and one
  // that leads back to itself.
  static LoadedSchemas load(const std::filesystem::path& folder);

  bool knows_type(std::string_view type) const { return schemas_.contains(type); }
  bool knows(std::string_view type, std::uint64_t version) const {
    return find(type, version) != nullptr;
  }
  std::vector<std::string> types() const;

  struct Checked {
    // The JSON pointer of the first flaw, nothing if there is none. It ends before the first name
    // that is no property's in the schema: a client may make up a name that is personal data.
    std::optional<std::string> flaw;
    // How much work that was, some 0.4 microseconds each. An event that is more than 50,000, and 3
    // for each byte, has a flaw.
    std::size_t work = 0;
  };
  // Of an event of a type and version that it knows. `json` is well-formed and within
  // wire::kJsonDepthMax.
  Checked check(std::string_view type, std::uint64_t version, std::string_view json) const;

  // What check() allocates at most for so many bytes of JSON.
  static constexpr std::size_t check_bytes_max(std::size_t json_bytes) noexcept {
    // The event as a tree. Measured: 48 times the text for {"d":[{},{},...]} with glibc, 45 with
    // jemalloc, most of it while the tree is taken down.
    constexpr std::size_t kTreeFactor = 52;
    // What the library notes of flaws until the first is told. Measured: 0.5 MiB for an anyOf of 20
    // branches below 28 names of 127 bytes.
    constexpr std::size_t kFlawBytes = std::size_t{2} << 20;
    return kTreeFactor * json_bytes + kFlawBytes;
  }

 private:
  class Schema;
  using Versions = std::map<std::uint64_t, std::unique_ptr<const Schema>>;

  const Schema* find(std::string_view type, std::uint64_t version) const;

  std::map<std::string, Versions, std::less<>> schemas_;
};

struct LoadedSchemas {
  SchemaRegistry registry;
  // Empty if all is well. Each says which file, what is wrong and what to do.
  std::vector<std::string> errors;
};

}  // namespace penstock::gateway
