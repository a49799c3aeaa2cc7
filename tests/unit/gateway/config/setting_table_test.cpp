// Goal: nothing about a setting has to be said twice: what the table holds is what the example
// shows. Method: the example's text, searched for each setting's name.
#include "config/setting_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support/tree.hpp"

namespace penstock::gateway {
namespace {

using ::testing::HasSubstr;

TEST(SettingTableTest, EverySettingStandsInTheExampleFile) {
  std::ostringstream text;
  text << std::ifstream(test::source_tree() / "gateway/gateway.example.yaml").rdbuf();
  const std::string example = text.str();
  const auto expect_shown = [&](std::string_view path) {
    EXPECT_THAT(example, HasSubstr(std::string(path.substr(path.rfind('.') + 1)) + ":")) << path;
  };
  for (const auto& setting : config_settings()) expect_shown(setting.path);
  for (const auto& setting : key_settings()) expect_shown(setting.path);
}

TEST(SettingTableTest, VariablesAreThePathInCapitals) {
  EXPECT_EQ(environment_name("listen.tls.private_key"), "PENSTOCK_LISTEN_TLS_PRIVATE_KEY");
}

}  // namespace
}  // namespace penstock::gateway
