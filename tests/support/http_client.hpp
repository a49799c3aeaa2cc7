// Raw requests, for what the SDK would never send.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace penstock::test {

struct HttpAnswer {
  int status = 0;  // 0: no answer; `error` says why
  std::string error;
  std::string body;
  std::map<std::string, std::string> headers;  // names in small letters

  std::string header(const std::string& name) const;  // empty if there is none
};

using HttpHeaders = std::map<std::string, std::string>;

// One connection, kept alive. Bodies travel as they are given. One thread at a time.
class HttpClient {
 public:
  // For https://host:port with the certificates of `ca_file`, or http://host:port.
  // Waits for an answer for `timeout`; the default is longer than the gateway may take
  // (limits.request_timeout).
  explicit HttpClient(const std::string& base_url, const std::filesystem::path& ca_file = {},
                      std::chrono::seconds timeout = std::chrono::seconds(60));
  ~HttpClient();

  HttpAnswer get(const std::string& path, const HttpHeaders& headers = {}) const;
  HttpAnswer post(const std::string& path, std::string_view body,
                  const HttpHeaders& headers = {}) const;
  // The same without a Content-Length, in chunks.
  HttpAnswer post_chunked(const std::string& path, std::string_view body,
                          const HttpHeaders& headers = {}) const;

 private:
  class Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace penstock::test
