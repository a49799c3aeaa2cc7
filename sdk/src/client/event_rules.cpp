#include "client/event_rules.hpp"

#include <string>

namespace penstock {

privacy::RuleSet make_rules(const Options& options) {
  privacy::RuleSetOptions rules;
  rules.remove_fields = options.remove_fields;
  rules.allow_fields = options.allow_fields;
  rules.detect[privacy::Kind::kEmail] = options.mask_emails;
  rules.detect[privacy::Kind::kCard] = options.mask_cards;
  rules.detect[privacy::Kind::kPhone] = options.mask_phones;
  return privacy::RuleSet(rules);
}

Status too_large_event(std::size_t bytes_max) {
  return {StatusCode::kTooLarge, "the event is larger than event_bytes_max (" +
                                     std::to_string(bytes_max) +
                                     " bytes) when encoded; shorten its texts"};
}

}  // namespace penstock
