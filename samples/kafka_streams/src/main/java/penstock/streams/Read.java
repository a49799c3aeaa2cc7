package penstock.streams;

import penstock.streams.event.Event;
import penstock.streams.operator.Timed;

/** What a record of an input topic is. */
sealed interface Read {
  /** An event, with the bytes of its record, or a tick of the clock. */
  record Readable(Timed<Arrival> timed) implements Read {}

  /** A record that is no event: where it lies, how long its value is, and why. */
  record Unreadable(String topic, int partition, long offset, String reason, int bytes)
      implements Read {}

  /** An event as it came. */
  record Arrival(Event event, byte[] value) {}
}
