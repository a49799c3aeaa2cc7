// A stage's value, or the Problem that it refuses the whole request with.
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "request.hpp"

namespace penstock::gateway {

template <typename T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : state_(std::move(value)) {}            // NOLINT: meant to convert
  Outcome(Problem problem) : state_(std::move(problem)) {}  // NOLINT: meant to convert

  bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  // Only if ok().
  T& operator*() noexcept { return *std::get_if<0>(&state_); }
  const T& operator*() const noexcept { return *std::get_if<0>(&state_); }
  T* operator->() noexcept { return std::get_if<0>(&state_); }
  const T* operator->() const noexcept { return std::get_if<0>(&state_); }
  // Only if not ok().
  Problem& error() noexcept { return *std::get_if<1>(&state_); }
  const Problem& error() const noexcept { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Problem> state_;
};

// Of a stage that has nothing to hand on: done, or the Problem.
template <>
class [[nodiscard]] Outcome<void> {
 public:
  Outcome() noexcept = default;                               // done
  Outcome(Problem problem) : problem_(std::move(problem)) {}  // NOLINT: meant to convert

  bool ok() const noexcept { return !problem_; }
  explicit operator bool() const noexcept { return ok(); }

  // Only if not ok().
  Problem& error() noexcept { return *problem_; }
  const Problem& error() const noexcept { return *problem_; }

 private:
  std::optional<Problem> problem_;
};

}  // namespace penstock::gateway
