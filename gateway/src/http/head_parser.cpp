#include "head_parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <string>

#include "wire/field_names.hpp"

namespace penstock::gateway {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::iequals;
using BeastView = boost::beast::string_view;

std::string_view view(BeastView text) { return {text.data(), text.size()}; }

// Origin form, without the query; also out of the absolute form, which RFC 9112, 3.2.2 asks for.
std::string_view path_of(std::string_view target) {
  target = target.substr(0, target.find('?'));  // first: a query may hold slashes, and URLs
  if (target.starts_with('/')) return target;
  const auto authority = target.find("://");
  if (authority == std::string_view::npos) return target;
  const auto path = target.find('/', authority + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

class HeadParser final : public http::basic_parser<true> {
 public:
  explicit HeadParser(std::string_view bytes) : bytes_(bytes) {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // the caller has checked its own
    body_limit(boost::none);
  }

  Outcome<ParsedHead> run() {
    error_code error;
    put(net::buffer(bytes_.data(), bytes_.size()), error);
    if (!error && !is_header_done()) error = http::error::partial_message;
    if (error) return refused_ ? *refused_ : bad_request(error.message());
    if (http11_ && !(seen_ & kHost)) return bad_request("HTTP/1.1 needs a Host header");
    if (chunked() && !http11_) return bad_request("HTTP/1.0 has no Transfer-Encoding");
    return finish();
  }

 private:
  // What may come only once.
  enum Once : unsigned {
    kHost = 1,
    kContentLength = 2,
    kTransferEncoding = 4,
    kAuthorization = 8,
    kContentType = 16,
    kContentEncoding = 32,
    kIdempotencyKey = 64,
    kExpect = 128,
  };

  static Problem bad_request(const std::string& detail) {
    return {400, "bad_request", "the request cannot be understood safely: " + detail, {}};
  }

  ParsedHead finish() {
    parsed_.chunked = chunked();
    parsed_.body_bytes = content_length().value_or(0);
    if (!parsed_.chunked) parsed_.head.content_length = parsed_.body_bytes;
    parsed_.keep_alive = keep_alive() && http11_;  // 1.0 would have to be told that it may stay
    parsed_.expects_continue = parsed_.expects_continue && http11_;
    return parsed_;
  }

  void on_request_impl(http::verb, BeastView method, BeastView target, int version,
                       error_code&) override {
    parsed_.head.method = view(method);
    parsed_.head.path = path_of(view(target));
    http11_ = version == 11;
  }

  void on_field_impl(http::field field, BeastView name, BeastView value,
                     error_code& error) override {
    if (folded(name, value)) return fail(error, "a folded header line");
    auto& head = parsed_.head;
    switch (field) {
      case http::field::host:
        return once(kHost, name, error);
      case http::field::content_length:
        if (!is_number(value)) return fail(error, "Content-Length is not one number");
        return once(kContentLength, name, error);
      case http::field::transfer_encoding:
        if (!iequals(value, "chunked")) return fail(error, "Transfer-Encoding is not chunked");
        return once(kTransferEncoding, name, error);
      case http::field::authorization:
        return keep(kAuthorization, head.authorization, name, value, error);
      case http::field::content_type:
        return keep(kContentType, head.content_type, name, value, error);
      case http::field::content_encoding:
        return keep(kContentEncoding, head.content_encoding, name, value, error);
      case http::field::expect:
        return expect(name, value, error);
      default:
        return keep_ours(name, value, error);
    }
  }

  // The headers that Beast has no name for. Of those that only trace, the first one counts.
  void keep_ours(BeastView name, BeastView value, error_code& error) {
    auto& head = parsed_.head;
    if (iequals(name, BeastView(wire::header::kIdempotencyKey)))
      return keep(kIdempotencyKey, head.idempotency_key, name, value, error);
    if (iequals(name, "X-Forwarded-For")) parsed_.forwarded_for = view(value);
    if (head.traceparent.empty() && iequals(name, BeastView(wire::header::kTraceparent)))
      head.traceparent = view(value);
    else if (head.correlation_id.empty() && iequals(name, BeastView(wire::header::kCorrelationId)))
      head.correlation_id = view(value);
  }

  void expect(BeastView name, BeastView value, error_code& error) {
    if (iequals(value, "100-continue")) {
      parsed_.expects_continue = true;
      return once(kExpect, name, error);
    }
    refused_ = Problem{417, "expectation_failed", "the only expectation known is 100-continue", {}};
    error = http::error::bad_value;
  }

  void keep(Once which, std::string_view& where, BeastView name, BeastView value,
            error_code& error) {
    where = view(value);
    once(which, name, error);
  }

  void once(Once which, BeastView name, error_code& error) {
    if (seen_ & which) return fail(error, "the header " + std::string(name) + " comes twice");
    seen_ |= which;
  }

  void fail(error_code& error, const std::string& detail) {
    refused_ = bad_request(detail);
    error = http::error::bad_field;
  }

  static bool is_number(BeastView value) {
    return !value.empty() &&
           std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  }

  // Beast joins folded lines in a buffer of its own, or skips the fold if nothing stands before it.
  bool folded(BeastView name, BeastView value) const {
    const char* behind_name = name.data() + name.size();
    const char* end = bytes_.data() + bytes_.size();
    if (std::less<>{}(value.data(), behind_name) || std::less<>{}(end, value.data())) return true;
    return std::find(behind_name, value.data(), '\r') != value.data();
  }

  void on_header_impl(error_code&) override {}
  // There is no body in what this parser is given.
  void on_response_impl(int, BeastView, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(BeastView, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, BeastView, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  std::string_view bytes_;
  ParsedHead parsed_;
  std::optional<Problem> refused_;
  unsigned seen_ = 0;
  bool http11_ = false;
};

}  // namespace

Outcome<ParsedHead> parse_head(std::string_view bytes) { return HeadParser(bytes).run(); }

}  // namespace penstock::gateway
