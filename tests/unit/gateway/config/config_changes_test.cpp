// Goal: each setting is either taken over by a running gateway or named as one that needs a
// restart. Method: every setting of the table is changed, one at a time.
#include "config/config_changes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "config/setting_table.hpp"

namespace penstock::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

bool is_taken_over(std::string_view path) {
  return path.starts_with("listen.tls.") || path == "log.level";
}

// `config` with another value of this setting, of whatever kind that is.
Config changed(const Setting<Config>& setting, const Config& config) {
  Config other = config;
  for (const std::string text :
       {"other", "1", "true", "false", "7s", "1.3", "zstd", "debug", "text"}) {
    if (setting.assign(other, std::vector{text}) && !setting.same(config, other)) break;
  }
  EXPECT_FALSE(setting.same(config, other)) << setting.path;
  return other;
}

TEST(ConfigChangesTest, EachSettingIsTakenOverOrNeedsARestart) {
  Config running;
  running.listen.tls.certificate_file = "/old.pem";
  running.listen.tls.private_key_file = "/old.key";
  for (const auto& setting : config_settings()) {
    const Config read = changed(setting, running);
    const auto [applied, need_restart] = changes_to(running, read);
    if (is_taken_over(setting.path)) {
      EXPECT_TRUE(setting.same(applied, read)) << setting.path;
      EXPECT_THAT(need_restart, IsEmpty());
    } else {
      EXPECT_TRUE(setting.same(applied, running)) << setting.path;
      EXPECT_THAT(need_restart, ElementsAre(std::string(setting.path)));
    }
  }
}

TEST(ConfigChangesTest, PropertiesOfKafkaNeedARestartAndKeysDoNot) {
  Config running, read;
  read.keys.emplace_back().id = "new";
  read.kafka.properties["client.id"] = "other";
  const auto [applied, need_restart] = changes_to(running, read);
  EXPECT_EQ(applied.keys.size(), 1U);
  EXPECT_THAT(applied.kafka.properties, IsEmpty());
  EXPECT_THAT(need_restart, ElementsAre("kafka.properties"));
}

TEST(ConfigChangesTest, ToSpeakTlsOrNotNeedsARestart) {
  Config running, read;
  read.listen.tls.certificate_file = "/new.pem";
  read.listen.tls.private_key_file = "/new.key";
  const auto [applied, need_restart] = changes_to(running, read);
  EXPECT_EQ(applied.listen.tls.certificate_file, "");
  EXPECT_THAT(need_restart, ElementsAre("listen.tls.certificate", "listen.tls.private_key"));
}

}  // namespace
}  // namespace penstock::gateway
