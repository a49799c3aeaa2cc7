// An Answer to the bytes of an HTTP/1.1 response.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "request.hpp"

namespace penstock::gateway {

struct AnswerForm {
  bool keep_alive = true;  // else "Connection: close"
  bool head_only = false;  // the answer to HEAD: all headers, no body
};

// One for each thread; one thread at a time.
class AnswerWriter {
 public:
  // Head and body into `out`, over what is there: one write, and no allocation once `out` has
  // grown. 401 says which authentication, 405 which method.
  void write(const Answer& answer, const AnswerForm& form, std::string& out);

 private:
  std::string_view date(std::time_t now);

  std::time_t dated_ = -1;
  std::string date_;  // RFC 9110, 5.6.7; made anew each second
};

}  // namespace penstock::gateway
