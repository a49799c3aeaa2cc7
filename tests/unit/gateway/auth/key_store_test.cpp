// Goal: a key is known by its digest alone, and only the very key is found.
// Method: digests of known texts (FIPS 180-2's examples), and keys that differ in one byte.
#include "auth/key_store.hpp"

#include <gtest/gtest.h>

#include "client_named.hpp"

namespace penstock::gateway {
namespace {

constexpr const char* kAbcDigest =
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(KeyDigestTest, IsSha256OfTheKeysBytes) {
  EXPECT_EQ(digest_of("abc"), parse_digest(kAbcDigest));
}

TEST(KeyDigestTest, IsReadInEitherCase) {
  std::string upper = kAbcDigest;
  for (std::size_t i = 7; i < upper.size(); ++i)
    upper[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(upper[i])));
  EXPECT_EQ(parse_digest(upper), parse_digest(kAbcDigest));
}

TEST(KeyDigestTest, OfAnyOtherShapeIsRefused) {
  const std::string good = kAbcDigest;
  EXPECT_FALSE(parse_digest(""));
  EXPECT_FALSE(parse_digest(good.substr(7)));
  EXPECT_FALSE(parse_digest("md5:" + good.substr(7)));
  EXPECT_FALSE(parse_digest(good.substr(0, good.size() - 1)));
  EXPECT_FALSE(parse_digest(good + "0"));
  EXPECT_FALSE(parse_digest(good.substr(0, good.size() - 1) + "g"));
}

TEST(KeyStoreTest, EachKeyFindsItsOwnClientAndNoOther) {
  const auto first = client_named("first");
  const auto second = client_named("second");
  const KeyStore store({{digest_of("key-1"), first}, {digest_of("key-2"), second}});
  EXPECT_EQ(store.find("key-1"), first);
  EXPECT_EQ(store.find("key-2"), second);
  for (const char* wrong : {"key-3", "key-", "key-11", "KEY-1", ""})
    EXPECT_EQ(store.find(wrong), nullptr) << wrong;
}

TEST(KeyStoreTest, ADigestPresentedAsAKeyFindsNothing) {
  const KeyStore store({{digest_of("abc"), client_named("app")}});
  EXPECT_EQ(store.find(kAbcDigest), nullptr);
}

TEST(KeyStoreTest, WhatIsReplacedIsKnownNoMoreAndItsClientLives) {
  KeyStore store({{digest_of("key-1"), client_named("first")}});
  const auto first = store.find("key-1");
  store.replace({{digest_of("key-2"), client_named("second")}});
  EXPECT_EQ(store.find("key-1"), nullptr);
  EXPECT_EQ(store.find("key-2")->id, "second");
  EXPECT_EQ(first->id, "first");
}

}  // namespace
}  // namespace penstock::gateway
