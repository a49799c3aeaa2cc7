// A client of the C ABI for tests: its options, against a port where nothing listens.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "penstock/penstock.h"
#include "support/free_port.hpp"
#include "support/temp_directory.hpp"

namespace penstock::test {

class CClientTest : public ::testing::Test {
 protected:
  CClientTest()
      : journal_(directory_.path() / "journal"),
        endpoint_("https://127.0.0.1:" + std::to_string(free_port())) {
    penstock_options_init(&options_);
    options_.directory = penstock_text_of(journal_.c_str());
    options_.endpoint = penstock_text_of(endpoint_.c_str());
    options_.write_key = penstock_text_of("pk_test");
  }
  ~CClientTest() override {
    if (client_ != nullptr) penstock_client_close(client_, 0);  // there is nobody to wait for
    penstock_client_free(client_);
  }

  void open() {
    ASSERT_EQ(penstock_client_open(&options_, &client_), PENSTOCK_OK) << penstock_last_error();
  }
  penstock_stats stats() {
    penstock_stats stats{};
    stats.struct_size = sizeof stats;
    EXPECT_EQ(penstock_client_stats(client_, &stats), PENSTOCK_OK);
    return stats;
  }
  static penstock_event event_of(penstock_event_kind kind) {
    penstock_event event;
    penstock_event_init(&event, kind);
    return event;
  }

  TempDirectory directory_;
  std::string journal_, endpoint_;
  penstock_options options_;
  penstock_client* client_ = nullptr;
};

}  // namespace penstock::test
