package penstock.streams.event;

/** When an event happened by the gateway's clock, of which all its clients' clocks differ. */
public final class EventTime {
  private EventTime() {}

  /**
   * The client's {@code timestamp} corrected by the measured skew of the client's clock. All times
   * are milliseconds since 1970.
   *
   * <p>Bounds: a skew of more than {@code skewMax} is that of a clock that is no clock, and the
   * event counts at {@code receivedAt}. No event happened after it was received, nor after its
   * record came to Kafka: without this bound one client that is ahead would close the windows of
   * everybody in its partition.
   */
  public static long of(
      long timestamp, long clockSkew, long receivedAt, long recordTime, long skewMax) {
    final boolean trusted = trusts(clockSkew, skewMax);
    final long corrected = trusted ? timestamp + clockSkew : receivedAt;
    return Math.max(0, Math.min(corrected, Math.min(receivedAt, recordTime)));
  }

  /** Whether a clock that differs so much is believed. */
  public static boolean trusts(long clockSkew, long skewMax) {
    return clockSkew >= -skewMax && clockSkew <= skewMax;
  }
}
