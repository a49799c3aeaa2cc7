// A sink, the event loop that its coroutines run on, and what it says.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <exception>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sink/kafka_sink.hpp"
#include "support/eventually.hpp"

namespace penstock::test {

// Any thread.
class SinkRunner {
 public:
  using Answer = std::optional<gateway::Problem>;

  explicit SinkRunner(gateway::KafkaSettings settings)
      : sink_(std::make_unique<gateway::KafkaSink>(
            std::move(settings),
            [this](gateway::KafkaLogLevel, std::string_view text) { note(text); })),
        thread_([this] { context_.run(); }) {}
  ~SinkRunner() {
    sink_.reset();
    work_.reset();
    thread_.join();
  }
  SinkRunner(const SinkRunner&) = delete;
  SinkRunner& operator=(const SinkRunner&) = delete;

  gateway::KafkaSink& sink() { return *sink_; }

  bool wait_available() {
    return eventually([this] { return sink_->available(); });
  }
  // Returns when deliver() has handed the batch over, or refused it: from then on the sink may be
  // flushed or ended, which it may not while a call is still within it.
  std::future<Answer> start(std::shared_ptr<const gateway::Batch> batch) {
    auto answer = std::make_shared<std::promise<Answer>>();
    boost::asio::co_spawn(
        context_, sink_->deliver(std::move(batch)),
        [answer](const std::exception_ptr& failure, const gateway::Outcome<void>& outcome) {
          if (failure) return answer->set_exception(failure);
          answer->set_value(outcome ? Answer() : Answer(outcome.error()));
        });
    boost::asio::post(context_, boost::asio::use_future).get();
    return answer->get_future();
  }
  Answer deliver(std::shared_ptr<const gateway::Batch> batch) {
    return start(std::move(batch)).get();
  }
  // As a client does: again and again, until it is taken.
  bool deliver_until_taken(const std::shared_ptr<const gateway::Batch>& batch) {
    return eventually([&] { return !deliver(batch).has_value(); });
  }

  // Ends the sink, with whatever is in flight.
  void stop() { sink_.reset(); }

  std::size_t lines_with(std::string_view text) const {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& line : lines_) count += line.find(text) != std::string::npos;
    return count;
  }

 private:
  void note(std::string_view text) {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(text);
  }

  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ =
      boost::asio::make_work_guard(context_);
  std::unique_ptr<gateway::KafkaSink> sink_;
  std::thread thread_;
};

}  // namespace penstock::test
