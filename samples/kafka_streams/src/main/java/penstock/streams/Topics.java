package penstock.streams;

import java.util.List;

/** The topics' names, each behind the prefix. */
record Topics(String prefix) {
  String userActivity() {
    return prefix + "user-activity";
  }

  String dbChanges() {
    return prefix + "db-changes";
  }

  String ticks() {
    return prefix + "aggregation-ticks";
  }

  String activity() {
    return prefix + "aggregated-activity";
  }

  String clicks() {
    return prefix + "aggregated-clicks";
  }

  String events() {
    return prefix + "aggregated-events";
  }

  String sessions() {
    return prefix + "aggregated-sessions";
  }

  String late() {
    return prefix + "late-events";
  }

  String unreadable() {
    return prefix + "aggregation-dead-letter";
  }

  /** What the gateway writes. */
  List<String> sources() {
    return List.of(userActivity(), dbChanges());
  }

  /** What this program writes. */
  List<String> own() {
    return List.of(ticks(), activity(), clicks(), events(), sessions(), late(), unreadable());
  }
}
