// Goal: certificates and keys are read as people keep them, and what is none, is too large or lies
// open to others is refused with the reason. Method: files and texts made for the test.
#include "https/pem.hpp"

#include <gmock/gmock.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "support/temp_directory.hpp"
#include "support/test_certificate.hpp"

namespace penstock::https {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class PemTest : public ::testing::Test {
 protected:
  static std::string content_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static std::string subject_of(const Certificate& certificate) {
    char name[128] = {};
    X509_NAME_oneline(X509_get_subject_name(certificate.get()), name, sizeof name);
    return name;
  }
  template <typename Value>
  static std::string refusal(const Result<Value>& result) {
    EXPECT_EQ(result.status().code(), StatusCode::kInvalidOption);
    return result.status().message();
  }
  // `pem` and words that are no PEM.
  static std::string padded(std::string pem, std::size_t bytes) {
    while (pem.size() + 64 <= bytes) pem += std::string(63, 'x') + '\n';
    return pem + std::string(bytes - pem.size(), 'x');
  }

  test::TempDirectory directory_;
  test::TestCertificate files_{directory_.path()};
  const std::string authority_ = content_of(files_.ca_file());
  const std::string server_ = content_of(files_.certificate_file());
  const std::string key_ = content_of(files_.key_file());
};

TEST_F(PemTest, CertificatesComeInTheOrderOfTheTextWithoutWhatIsBetween) {
  const auto found = parse_certificates("words\n" + server_ + "more\n" + key_ + authority_ + "end");
  ASSERT_TRUE(found) << found.status().message();
  ASSERT_EQ(found->size(), 2u);
  EXPECT_THAT(subject_of((*found)[0]), HasSubstr("test server"));
  EXPECT_THAT(subject_of((*found)[1]), HasSubstr("test authority"));
}

TEST_F(PemTest, ABlockWithoutItsEndIsRefused) {
  const std::string half = authority_.substr(0, authority_.size() / 2);
  for (const std::string& text :
       {std::string(), std::string("hello"), key_, half, authority_ + half}) {
    EXPECT_THAT(refusal(parse_certificates(text)), HasSubstr("PEM form")) << text;
  }
}

TEST_F(PemTest, ATextAtTheLimitIsReadAndOneBeyondItIsNot) {
  for (const std::size_t bytes : {kPemBytesMax - 1, kPemBytesMax}) {
    EXPECT_TRUE(parse_certificates(padded(authority_, bytes))) << bytes;
    std::ofstream(directory_ / "large.pem") << padded(authority_, bytes);
    const auto read = read_pem_file(directory_ / "large.pem", Secrecy::kPublic);
    ASSERT_TRUE(read) << read.status().message();
    EXPECT_EQ(read->size(), bytes);
  }
  const std::string larger = padded(authority_, kPemBytesMax + 1);
  EXPECT_THAT(refusal(parse_certificates(larger)), HasSubstr("larger than 4194304 bytes"));
  std::ofstream(directory_ / "large.pem") << larger;
  EXPECT_THAT(refusal(read_pem_file(directory_ / "large.pem", Secrecy::kPublic)),
              AllOf(HasSubstr("larger than 4194304 bytes"), Not(HasSubstr("large.pem"))));
}

TEST_F(PemTest, WhatIsNoRegularFileIsRefusedAndNotWaitedFor) {
  const auto refuse = [](const std::string& path) {
    return refusal(read_pem_file(path, Secrecy::kPublic));
  };
  EXPECT_THAT(refuse(directory_.path()), HasSubstr("not a regular file"));
  ASSERT_EQ(mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(refuse(directory_ / "pipe"), HasSubstr("not a regular file"));
  EXPECT_THAT(refuse(directory_ / "missing"), HasSubstr("No such file"));
  EXPECT_THAT(refuse(files_.ca_file().string() + std::string("\0x", 2)), HasSubstr("NUL"));
}

TEST_F(PemTest, AKeyThatOthersCanReadIsRefused) {
  const std::string path = files_.key_file();
  for (const mode_t mode : {0644U, 0604U, 0620U, 0602U}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    EXPECT_THAT(refusal(read_pem_file(path, Secrecy::kPrivate)), HasSubstr("chmod 600")) << mode;
    EXPECT_TRUE(read_pem_file(path, Secrecy::kPublic)) << mode;
  }
  for (const mode_t mode : {0400U, 0600U, 0640U, 0440U}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    const auto read = read_pem_file(path, Secrecy::kPrivate);
    ASSERT_TRUE(read) << read.status().message();
    EXPECT_EQ(*read, key_);
  }
}

TEST_F(PemTest, AnEncryptedKeyIsRefusedAndNobodyIsAsked) {
  const auto plain = parse_private_key("words\n" + server_ + key_);
  ASSERT_TRUE(plain) << plain.status().message();
  const auto path = directory_ / "encrypted.key";
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new_file(path.c_str(), "w"), &BIO_free);
  ASSERT_NE(out, nullptr);
  char passphrase[] = "s3cret";
  ASSERT_EQ(PEM_write_bio_PKCS8PrivateKey(out.get(), plain->get(), EVP_aes_128_cbc(), passphrase, 6,
                                          nullptr, nullptr),
            1);
  ASSERT_EQ(BIO_flush(out.get()), 1);
  for (const std::string& text : {content_of(path), server_, key_.substr(0, key_.size() / 2)}) {
    const std::string why = refusal(parse_private_key(text));
    EXPECT_THAT(why, AllOf(HasSubstr("no private key"), HasSubstr("not encrypted")));
    EXPECT_EQ(ERR_peek_error(), 0u) << "no error is left for another user of OpenSSL";
  }
}

TEST_F(PemTest, TheOldestErrorIsTakenAndTheQueueIsEmptyThen) {
  ERR_clear_error();
  EXPECT_EQ(take_openssl_error("nothing known"), "nothing known");
  ERR_raise(ERR_LIB_PEM, PEM_R_NO_START_LINE);
  ERR_raise(ERR_LIB_PEM, PEM_R_BAD_DECRYPT);
  EXPECT_EQ(take_openssl_error("nothing known"), "no start line");
  EXPECT_EQ(take_openssl_error("nothing known"), "nothing known");
}

}  // namespace
}  // namespace penstock::https
