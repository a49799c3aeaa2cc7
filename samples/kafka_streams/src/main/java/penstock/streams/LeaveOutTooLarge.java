package penstock.streams;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One record that is larger than its topic takes does not stop the others: it is left out, counted
 * and said. Before it is sent: within a transaction there is no way back.
 */
final class LeaveOutTooLarge extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
  private static final Logger LOG = LoggerFactory.getLogger(LeaveOutTooLarge.class);
  private static final int PRODUCER_MAX = 1_048_576;  // its default max.request.size
  private static final int OVERHEAD = 512;  // of a batch with one record

  private final String topic;
  private final int bytesMax;
  private final Counters counters;

  LeaveOutTooLarge(String topic, int bytesMax, Counters counters) {
    this.topic = topic;
    this.bytesMax = Math.min(bytesMax, PRODUCER_MAX) - OVERHEAD;
    this.counters = counters;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    final int bytes = bytes(record);
    if (bytes <= bytesMax) {
      context().forward(record);
      return;
    }
    counters.tooLarge.increment();
    LOG.error("a record of {} bytes was left out, because {} takes at most {}", bytes, topic, bytesMax);
  }

  private static int bytes(Record<byte[], byte[]> record) {
    int bytes = length(record.key()) + length(record.value());
    for (final Header header : record.headers()) {
      bytes += header.key().length() + length(header.value()) + 10;
    }
    return bytes;
  }

  private static int length(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
