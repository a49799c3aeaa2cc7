#include "support/http_client.hpp"

#include <httplib.h>

#include <algorithm>
#include <cctype>
#include <chrono>

namespace penstock::test {
namespace {

std::string in_small_letters(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return text;
}

httplib::Headers to_headers(const HttpHeaders& headers) { return {headers.begin(), headers.end()}; }

HttpAnswer to_answer(const httplib::Result& result) {
  HttpAnswer answer;
  if (!result) {
    answer.error = httplib::to_string(result.error());
    return answer;
  }
  answer.status = result->status;
  answer.body = result->body;
  for (const auto& [name, value] : result->headers) {
    answer.headers.emplace(in_small_letters(name), value);
  }
  return answer;
}

}  // namespace

class HttpClient::Connection {
 public:
  Connection(const std::string& base_url, const std::filesystem::path& ca_file,
             std::chrono::seconds timeout)
      : client(base_url) {
    client.set_keep_alive(true);
    client.set_read_timeout(timeout);
    client.set_decompress(false);
    if (!ca_file.empty()) client.set_ca_cert_path(ca_file.string());
  }

  httplib::Client client;
};

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(in_small_letters(name));
  return found == headers.end() ? std::string() : found->second;
}

HttpClient::HttpClient(const std::string& base_url, const std::filesystem::path& ca_file,
                       std::chrono::seconds timeout)
    : connection_(std::make_unique<Connection>(base_url, ca_file, timeout)) {}

HttpClient::~HttpClient() = default;

HttpAnswer HttpClient::get(const std::string& path, const HttpHeaders& headers) const {
  return to_answer(connection_->client.Get(path, to_headers(headers)));
}

HttpAnswer HttpClient::post(const std::string& path, std::string_view body,
                            const HttpHeaders& headers) const {
  // Without a type here: httplib adds none beside the one in `headers`.
  return to_answer(
      connection_->client.Post(path, to_headers(headers), body.data(), body.size(), std::string()));
}

HttpAnswer HttpClient::post_chunked(const std::string& path, std::string_view body,
                                    const HttpHeaders& headers) const {
  constexpr std::size_t kChunkBytes = 1000;
  const auto next_chunk = [body](std::size_t offset, httplib::DataSink& sink) {
    const auto chunk = body.substr(offset, kChunkBytes);
    if (chunk.empty()) {
      sink.done();
      return true;
    }
    return sink.write(chunk.data(), chunk.size());
  };
  return to_answer(connection_->client.Post(path, to_headers(headers), next_chunk, std::string()));
}

}  // namespace penstock::test
