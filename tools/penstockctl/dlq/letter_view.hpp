// A dead letter as a page for people. Pure.
#pragma once

#include <string>

#include "dead_letter.hpp"
#include "record_view.hpp"
#include "topic_reader.hpp"

namespace penstock::ctl {

// Its place, its headers a line each, and its value: JSON indented, text as it is. Control characters
// are escaped. Values are shown masked, as they lie in Kafka.
std::string to_page(const Record& record, const DeadLetter& letter);

// "[3]@17", with or without the topic before it, or "3@17". Throws std::runtime_error.
ReaderSettings::Place parse_place(const std::string& text);

}  // namespace penstock::ctl
