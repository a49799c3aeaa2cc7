package penstock.streams;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What this process has done since it started. A transaction that Kafka took back counts twice
 * here; exact numbers are in the topics. Any thread.
 */
final class Counters {
  final LongAdder events = new LongAdder();
  final LongAdder duplicates = new LongAdder();
  final LongAdder late = new LongAdder();
  final LongAdder unreadable = new LongAdder();
  final LongAdder tombstones = new LongAdder();
  final LongAdder clocksNotTrusted = new LongAdder();
  final LongAdder aggregates = new LongAdder();
  final LongAdder tooLarge = new LongAdder();

  /** By the names of Prometheus. */
  Map<String, Long> all() {
    final Map<String, Long> all = new LinkedHashMap<>();
    all.put("penstock_streams_events_total", events.sum());
    all.put("penstock_streams_duplicates_total", duplicates.sum());
    all.put("penstock_streams_late_total", late.sum());
    all.put("penstock_streams_unreadable_total", unreadable.sum());
    all.put("penstock_streams_tombstones_total", tombstones.sum());
    all.put("penstock_streams_clocks_not_trusted_total", clocksNotTrusted.sum());
    all.put("penstock_streams_aggregates_total", aggregates.sum());
    all.put("penstock_streams_too_large_total", tooLarge.sum());
    return all;
  }
}
