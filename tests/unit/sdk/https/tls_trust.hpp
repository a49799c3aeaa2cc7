// What the tests of trust share: a TLS gateway, and a client that is told to trust it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "https/client.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"

namespace penstock::https {

class TlsTrustTest : public ::testing::Test {
 protected:
  using TestCertificate = test::TestCertificate;
  using CertificateKind = test::CertificateKind;
  static constexpr Request kRequest = {.path = "/v1/events", .body = R"({"events":[1]})"};

  static std::string content_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TlsTrustTest() {
    settings_.endpoint = gateway_.endpoint();
    settings_.authorization = "Bearer wk_very-secret";
    settings_.ca_file = certificate_.ca_file();
  }

  Answer post() {
    auto client = Client::create(settings_, wait_);
    EXPECT_TRUE(client) << client.status().message();
    return client ? (*client)->send(kRequest) : Answer();
  }
  std::string refusal() {
    const auto made = Client::create(settings_, wait_);
    EXPECT_EQ(made.status().code(), StatusCode::kInvalidOption);
    return made.status().message();
  }
  std::filesystem::path folder(const std::string& name) {
    std::filesystem::create_directories(directory_ / name);
    return directory_ / name;
  }

  test::TempDirectory directory_;
  TestCertificate certificate_{directory_.path()};
  test::TestGateway gateway_{&certificate_};
  Settings settings_;
  SocketWait wait_;
};

}  // namespace penstock::https
