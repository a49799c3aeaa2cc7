package penstock.streams;

import java.time.Duration;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a tick to each partition of aggregation-ticks at an interval. Every instance does, which
 * harms nothing: a tick says only that time has passed. Without ticks the windows of quiet
 * partitions stay open; nothing is lost.
 */
final class Ticker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);
  private static final byte[] TICK = {'{', '}'};

  private final String topic;
  private final int partitions;
  private final Consumer<String> giveUp;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicBoolean failing = new AtomicBoolean();
  private volatile boolean closing;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            final Thread ticker = new Thread(work, "ticker");
            ticker.setDaemon(true);
            return ticker;
          });

  /** {@code giveUp} gets the reason when no tick will ever be written; called by any thread. */
  Ticker(Settings settings, int partitions, Consumer<String> giveUp) {
    this.giveUp = giveUp;
    this.topic = settings.topics().ticks();
    this.partitions = partitions;
    final Properties properties = settings.clientProperties("producer.", ProducerConfig.configNames());
    // A tick that waits for long has no worth: the next one says more.
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "false");
    properties.put(ProducerConfig.ACKS_CONFIG, "1");
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "2000");
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "5000");
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "1000");
    producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    final long interval = settings.tickInterval().toMillis();
    thread.scheduleWithFixedDelay(this::tick, 0, interval, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      for (int partition = 0; partition < partitions; ++partition) {
        producer.send(
            new ProducerRecord<>(topic, partition, null, TICK), (metadata, error) -> note(error));
      }
    } catch (RuntimeException error) {
      note(error);
    }
  }

  private void note(Exception error) {
    if (closing) return;
    if (error instanceof AuthorizationException) {
      giveUp.accept("no right to write to " + topic + ": " + error.getMessage());
      return;
    }
    if (error == null) {
      if (failing.compareAndSet(true, false)) LOG.info("ticks are written again");
    } else if (failing.compareAndSet(false, true)) {
      LOG.warn(
          "no tick could be written to {}: windows of quiet partitions stay open until one is: {}",
          topic,
          Words.of(error));
    }
  }

  @Override
  public void close() {
    closing = true;
    thread.shutdownNow();
    producer.close(Duration.ZERO);
  }
}
