package penstock.streams;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs until a signal, or until it cannot go on. */
final class Application {
  private static final Logger LOG = LoggerFactory.getLogger(Application.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);
  private static final long LOOK_SECONDS = 5;  // between two looks at the state's topics

  private final Settings settings;
  private final Counters counters = new Counters();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<String> problem = new AtomicReference<>();
  private final AtomicInteger exitCode = new AtomicInteger(1);

  Application(Settings settings) {
    this.settings = settings;
  }

  /** The exit code. */
  int run() throws Settings.Wrong, Refused {
    try (TopicAdmin topics = new TopicAdmin(settings)) {
      final int partitions = patiently(() -> new StartCheck(settings, topics).prepareTopics());
      final Map<String, Integer> sizes =
          patiently(() -> new StartCheck(settings, topics).recordSizes());
      final Topology topology = AggregationTopology.build(settings, partitions, sizes, counters);
      patiently(
          () -> {
            new StartCheck(settings, topics).checkState(topology, partitions);
            return null;
          });
      return run(topics, topology, partitions);
    }
  }

  private interface Check<T> {
    T run() throws Refused;
  }

  // Brokers that are away when it starts may come; until then every 30 s it says that it waits.
  private static <T> T patiently(Check<T> check) throws Refused {
    while (true) {
      try {
        return check.run();
      } catch (KafkaException error) {
        if (!(error.getCause() instanceof RetriableException)) throw error;
        LOG.warn("waiting for Kafka: {}", Words.of(error));
      }
    }
  }

  private int run(TopicAdmin topics, Topology topology, int partitions)
      throws Settings.Wrong, Refused {
    final Set<String> internal = StartCheck.internalTopics(topology, settings.applicationId());
    final KafkaStreams streams = new KafkaStreams(topology, streamsProperties());
    streams.setUncaughtExceptionHandler(this::decide);
    streams.setStateListener((now, before) -> noteState(now));
    final CountDownLatch closed = stopBySignal();
    int code = 2;  // by an exception: topics or settings are wrong
    try (StatusServer status = startStatus(streams);
        Ticker ticker = new Ticker(settings, partitions, this::giveUp)) {
      streams.start();
      watch(topics, internal);
      code = problem.get() == null ? 0 : 1;
    } finally {
      ended.countDown();
      streams.close(CLOSE_TIMEOUT);
      exitCode.set(code);
      closed.countDown();
    }
    if (code != 0) LOG.error("{}", problem.get());
    return code;
  }

  private void giveUp(String reason) {
    problem.compareAndSet(null, reason);
    ended.countDown();
  }

  private StatusServer startStatus(KafkaStreams streams) throws Settings.Wrong {
    final int port = settings.statusPort();
    return port == 0 ? null : new StatusServer(port, streams, counters);
  }

  private Properties streamsProperties() {
    final Properties properties = new Properties();
    properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
    properties.putAll(settings.kafka());
    return properties;
  }

  // The signal's thread waits until all is closed; then the process ends with run()'s code.
  private CountDownLatch stopBySignal() {
    final CountDownLatch closed = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (ended.getCount() == 0) return;
                  ended.countDown();
                  try {
                    if (closed.await(CLOSE_TIMEOUT.toSeconds() + 5, TimeUnit.SECONDS)) {
                      Runtime.getRuntime().halt(exitCode.get());
                    }
                  } catch (InterruptedException error) {
                    Thread.currentThread().interrupt();
                  }
                }));
    return closed;
  }

  private void watch(TopicAdmin topics, Set<String> internal) throws Refused {
    final StateWatch state = new StateWatch(internal);
    boolean told = false;
    try {
      while (!ended.await(told ? LOOK_SECONDS : 1, TimeUnit.SECONDS)) {
        try {
          state.look(topics);
        } catch (KafkaException error) {
          LOG.debug("the topics could not be looked at: {}", Words.of(error));
        }
        if (!told && state.complete()) {
          told = true;
          LOG.info("the state's {} topics are watched", internal.size());
        }
      }
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
    }
  }

  private void noteState(KafkaStreams.State state) {
    LOG.info("state: {}", state);
    if (state == KafkaStreams.State.ERROR || state == KafkaStreams.State.NOT_RUNNING) {
      if (state == KafkaStreams.State.ERROR) problem.compareAndSet(null, "Kafka Streams has stopped");
      ended.countDown();
    }
  }

  // What passes by itself (brokers that are away for long, a producer that was fenced off) gets a new
  // thread, which goes on from the last transaction; what an operator must mend ends the process.
  private StreamThreadExceptionResponse decide(Throwable error) {
    if (passes(error)) {
      LOG.warn("a thread has failed, another one goes on: {}", Words.of(error));
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
    LOG.error("this cannot go on", error);
    problem.compareAndSet(null, Words.of(error));
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  private static boolean passes(Throwable error) {
    boolean ofKafka = false;
    for (Throwable reason = error; reason != null; reason = reason.getCause()) {
      if (reason instanceof MissingSourceTopicException) return false;
      if (reason instanceof AuthorizationException) return false;
      if (reason instanceof RecordTooLargeException) return false;  // it would come again
      if (reason instanceof ApiException) ofKafka = true;
    }
    return ofKafka;
  }
}
