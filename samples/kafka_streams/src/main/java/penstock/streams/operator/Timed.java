package penstock.streams.operator;

/**
 * What flows between the operators of one task: values with their event time, and how far event
 * time has come. All times are milliseconds since 1970.
 */
public sealed interface Timed<V> {
  /** A value that happened at {@code time}. */
  record Item<V>(V value, long time) implements Timed<V> {}

  /** The clock: it was {@code time} when all that came before was written. */
  record Tick<V>(long time) implements Timed<V> {}

  /**
   * Event time has come to {@code time}. {@link LateEventBranch} makes it; behind it comes no item
   * that is older than it by more than the grace.
   */
  record Watermark<V>(long time) implements Timed<V> {}

  /** A value that came too late, and where the watermark stood. It belongs into no aggregate. */
  record Late<V>(V value, long time, long watermark) implements Timed<V> {}
}
