// What a desktop program records: one user's way through an approval screen.
//
//   penstock-sample-desktop <journal folder> <https://gateway:port> <write key> [ca file]
//
// Ends with 0 once every event is acknowledged. Without the gateway it ends with 1, and the next
// run sends what this one recorded.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "penstock/penstock.hpp"

namespace {

using namespace std::chrono_literals;
using penstock::Client;
using penstock::Event;
using penstock::Value;

// A desktop program would carry on without its telemetry; a sample says what went wrong.
void must(const penstock::Status& status, const char* what) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s: %s\n", what, status.message().c_str());
  std::exit(1);
}

void sign_in(Client& client) {
  must(client.set_user("user-4711"), "set_user");
  must(client.start_session("session-9876"), "start_session");
  must(client.enter_page("home"), "enter_page");
  must(client.track(Event::click({}, "open-approvals")), "click");  // on the page that is open
}

// What a rule must keep away from the disk is in here on purpose: an e-mail address, a phone
// number, a payment card and a password.
void review_the_first_request(Client& client) {
  must(client.enter_page("approval-screen"), "enter_page");
  must(client.track(Event::click({}, "filter-pending")
                        .detail("resultCount", 12)
                        .detail("filter", Value::object({{"status", "Pending"},
                                                         {"teams", Value::array({"finance", "it"})},
                                                         {"amountMin", 1000}}))),
       "click");
  auto flow = client.start_flow("approve-request", "approve-req-1041");
  if (!flow) must(flow.status(), "start_flow");
  must(client.track(Event::form_submission({}, "reviewer-notes", Event::Outcome::kFailure)
                        .detail("validation",
                                "call me on +1 212 555 0142 or write to anna.smith@example.com")
                        .detail("password", "hunter2")),
       "form submission");
  must(client.track(Event::error("payment check failed for card 4111 1111 1111 1111: timeout")
                        .detail("errorCode", "PAY-504")
                        .detail("retries", 2)),
       "error");
  must(client.track(Event::form_submission({}, "reviewer-notes", Event::Outcome::kSuccess)),
       "form submission");
  must(client.track(Event::record_approved("REQ-1041")
                        .status_change("Pending", "Approved")
                        .comments("Meets the criteria; confirmed with anna.smith@example.com")
                        .metadata("sourceSystem", "ApprovalDesk")
                        .metadata("initiator", "user-4711")
                        .metadata("changeReason", "All criteria met")),
       "record approved");
  must(client.complete_flow(*flow, Event::Outcome::kSuccess), "complete_flow");
}

void decide_the_others(Client& client) {
  must(client.track(Event::record_denied("REQ-1042")
                        .status_change("Pending", "Denied")
                        .comments("Budget exceeded")
                        .metadata("sourceSystem", "ApprovalDesk")),
       "record denied");
  must(client.track(Event::record_returned("REQ-1043")
                        .status_change("Pending", "Returned")
                        .comments("Attachment missing")
                        .metadata("sourceSystem", "ApprovalDesk")),
       "record returned");
  must(client.track(
           Event::process_completion("daily-approvals", Event::Outcome::kSuccess).duration(93s)),
       "process completion");
  must(client.leave_page(), "leave_page");
  must(client.end_session(), "end_session");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr,
                 "usage: %s <journal folder> <https://gateway:port> <write key> [ca file]\n",
                 argv[0]);
    return 2;
  }
  penstock::Options options;
  options.directory = argv[1];
  options.endpoint = argv[2];
  options.write_key = argv[3];
  if (argc > 4) options.ca_file = argv[4];
  options.app_name = "ApprovalDesk";
  options.app_version = "2.4.1";
  options.context = {{"locale", "en-GB"}, {"device", "Desktop"}};

  auto opened = Client::open(options);
  if (!opened) must(opened.status(), "open");
  Client client = *std::move(opened);

  sign_in(client);
  review_the_first_request(client);
  decide_the_others(client);

  const penstock::Status closed = client.close(15s);
  const penstock::Stats stats = client.stats();
  std::printf("%llu recorded, %llu acknowledged, %llu still in the journal, %llu values masked\n",
              static_cast<unsigned long long>(stats.recorded),
              static_cast<unsigned long long>(stats.acknowledged),
              static_cast<unsigned long long>(stats.pending),
              static_cast<unsigned long long>(stats.masked));
  if (closed.ok()) return 0;
  std::fprintf(stderr, "not all sent, kept for the next run: %s\n", closed.message().c_str());
  if (!stats.sender_message.empty())
    std::fprintf(stderr, "the sender says: %s\n", stats.sender_message.c_str());
  return 1;
}
