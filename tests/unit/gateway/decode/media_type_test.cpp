// Goal: what a client may write into Content-Type and Content-Encoding is understood, and nothing
// else. Method: tables of header values.
#include "decode/media_type.hpp"

#include <gtest/gtest.h>

namespace penstock::gateway {
namespace {

TEST(BodyFormatTest, KnownTypesAreReadWithoutCaseAndWithParameters) {
  for (const char* type :
       {"application/json", "Application/JSON", " application/json ",
        "application/json;charset=utf-8", "application/json ; charset=\"UTF-8\"; v=1"}) {
    EXPECT_EQ(body_format(type), BodyFormat::kJson) << type;
  }
  EXPECT_EQ(body_format("application/x-ndjson"), BodyFormat::kNdjson);
  EXPECT_EQ(body_format("application/x-ndjson; charset=utf-8"), BodyFormat::kNdjson);
}

TEST(BodyFormatTest, OtherTypesAndCharsetsAreRefused) {
  for (const char* type :
       {"", ";", "text/plain", "application/jsonp", "application", "application/json, text/plain",
        "application/json; charset=latin1", "application/json;v=1;charset=utf-16"}) {
    EXPECT_EQ(body_format(type), std::nullopt) << type;
  }
}

TEST(BodyCodingTest, EachCodingIsReadWithoutCase) {
  EXPECT_EQ(body_coding(""), BodyCoding::kIdentity);
  EXPECT_EQ(body_coding("identity"), BodyCoding::kIdentity);
  EXPECT_EQ(body_coding("GZIP"), BodyCoding::kGzip);
  EXPECT_EQ(body_coding("x-gzip"), BodyCoding::kGzip);
  EXPECT_EQ(body_coding(" zstd "), BodyCoding::kZstd);
}

TEST(BodyCodingTest, UnknownAndStackedCodingsAreRefused) {
  for (const char* coding : {"br", "deflate", "gzip, zstd", "zstd,zstd", "zstdx", "gzip;q=1"}) {
    EXPECT_EQ(body_coding(coding), std::nullopt) << coding;
  }
}

}  // namespace
}  // namespace penstock::gateway
