// Goal: the program's word goes before the environment's, whose variables mean what they mean to
// curl. Method: set them, and ask.
#include "https/proxy_choice.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <map>
#include <stdexcept>

namespace penstock::https {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ProxyChoiceTest : public ::testing::Test {
 protected:
  ProxyChoiceTest() {
    for (const char* name : {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy",
                             "ALL_PROXY", "no_proxy", "NO_PROXY"}) {
      if (const char* value = getenv(name)) before_[name] = value;
      unsetenv(name);
      names_.emplace_back(name);
    }
  }
  ~ProxyChoiceTest() override {
    for (const auto& name : names_) unsetenv(name.c_str());
    for (const auto& [name, value] : before_) setenv(name.c_str(), value.c_str(), 1);
  }

  // "host:port" of the proxy; "" for none, "!" and the message for a failure.
  std::string chosen(const std::string& endpoint = "https://gateway.example.com") {
    const auto choice = ProxyChoice::create(settings_, *parse_endpoint(endpoint));
    if (!choice) return "!" + choice.status().message();
    const auto proxy = choice->next();
    if (!proxy) return "!" + proxy.status().message();
    return *proxy ? (*proxy)->address.host_and_port() : "";
  }

  std::map<std::string, std::string> before_;
  std::vector<std::string> names_;
  Settings settings_;
};

TEST_F(ProxyChoiceTest, WithoutAWordThereIsNone) { EXPECT_EQ(chosen(), ""); }

TEST_F(ProxyChoiceTest, TheEnvironmentSpeaksForItsScheme) {
  setenv("ALL_PROXY", "http://a:1", 1);
  EXPECT_EQ(chosen(), "a:1");
  setenv("all_proxy", "http://b:2", 1);
  EXPECT_EQ(chosen(), "b:2");
  setenv("HTTPS_PROXY", "http://c:3", 1);
  EXPECT_EQ(chosen(), "c:3");
  setenv("https_proxy", "http://d:4", 1);
  EXPECT_EQ(chosen(), "d:4");
  setenv("https_proxy", "", 1);
  EXPECT_EQ(chosen(), "c:3") << "an empty one is none";
  EXPECT_EQ(chosen("http://gateway.example.com"), "b:2");
  setenv("http_proxy", "e:5", 1);
  EXPECT_EQ(chosen("http://gateway.example.com"), "e:5");
}

TEST_F(ProxyChoiceTest, AClientsHeaderToACgiProgramIsNoProxy) {
  setenv("HTTP_PROXY", "http://attacker:1", 1);
  EXPECT_EQ(chosen("http://gateway.example.com"), "");
  EXPECT_EQ(chosen(), "");
}

TEST_F(ProxyChoiceTest, NoProxyAndThisMachineGoDirectly) {
  setenv("https_proxy", "http://a:1", 1);
  for (const char* host : {"localhost", "127.0.0.1", "127.1.2.3", "[::1]"}) {
    EXPECT_EQ(chosen(std::string("https://") + host), "") << host;
  }
  setenv("NO_PROXY", "other.example", 1);
  EXPECT_EQ(chosen(), "a:1");
  setenv("no_proxy", "example.com", 1);
  EXPECT_EQ(chosen(), "");
}

TEST_F(ProxyChoiceTest, TheProgramsWordGoesFirst) {
  setenv("https_proxy", "http://a:1", 1);
  setenv("no_proxy", "*", 1);
  settings_.proxy = "http://b:2";
  EXPECT_EQ(chosen(), "b:2");
  settings_.proxy = "direct";
  EXPECT_EQ(chosen(), "");
}

TEST_F(ProxyChoiceTest, ABadOneIsNamedByItsSourceAndNotShown) {
  setenv("https_proxy", "gopher://u:s3cret@a", 1);
  EXPECT_THAT(chosen(), AllOf(HasSubstr("https_proxy"), Not(HasSubstr("s3cret"))));
  settings_.proxy = "http://u:s3cret@a:x";
  EXPECT_THAT(chosen(), AllOf(HasSubstr("!proxy has"), Not(HasSubstr("s3cret"))));
  EXPECT_EQ(ProxyChoice::create(settings_, {}).status().code(), StatusCode::kInvalidOption);
}

TEST_F(ProxyChoiceTest, ABadEnvironmentDoesNotKeepAProgramFromRecording) {
  setenv("https_proxy", "gopher://a", 1);
  EXPECT_TRUE(ProxyChoice::create(settings_, *parse_endpoint("https://gateway.example.com")));
}

TEST_F(ProxyChoiceTest, ACallbackIsAskedWithTheUrl) {
  std::string asked;
  settings_.proxy_for_url = [&asked](std::string_view url) {
    asked = url;
    return std::string("http://c:3");
  };
  setenv("https_proxy", "http://a:1", 1);
  EXPECT_EQ(chosen(), "c:3");
  EXPECT_EQ(asked, "https://gateway.example.com:443/");
  settings_.proxy_for_url = [](std::string_view) { return std::string(); };
  EXPECT_EQ(chosen(), "");
  settings_.proxy_for_url = [](std::string_view) -> std::string { throw std::runtime_error("x"); };
  EXPECT_THAT(chosen(), HasSubstr("proxy_for_url"));
  settings_.proxy_for_url = [](std::string_view) { return std::string("u:s3cret@:"); };
  EXPECT_THAT(chosen(), AllOf(HasSubstr("proxy_for_url"), Not(HasSubstr("s3cret"))));
}

}  // namespace
}  // namespace penstock::https
