package penstock.streams;

import com.fasterxml.jackson.core.type.TypeReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import penstock.streams.Read.Arrival;
import penstock.streams.event.Event;
import penstock.streams.event.EventReader;
import penstock.streams.operator.Dedupe;
import penstock.streams.operator.JoinByKeyAndFlow;
import penstock.streams.operator.JoinByKeyAndFlow.Joined;
import penstock.streams.operator.JsonSerde;
import penstock.streams.operator.LateEventBranch;
import penstock.streams.operator.MergeParts;
import penstock.streams.operator.Part;
import penstock.streams.operator.Timed;
import penstock.streams.operator.TumblingAggregate;
import penstock.streams.session.MergeSessions;
import penstock.streams.session.Session;

/** The whole of the data's way; docs/streams.md has it as a picture. */
final class AggregationTopology {
  private static final Serde<byte[]> BYTES = Serdes.ByteArray();
  private static final Serde<Event> EVENT = JsonSerde.of(new TypeReference<Event>() {});
  private static final Serde<Session> SESSION = JsonSerde.of(new TypeReference<Session>() {});
  private static final Serde<Part<Long>> COUNT_PART =
      JsonSerde.of(new TypeReference<Part<Long>>() {});
  private static final Serde<Part<Session>> SESSION_PART =
      JsonSerde.of(new TypeReference<Part<Session>>() {});

  private final Settings settings;
  private final int partitions;
  private final Map<String, Integer> recordSizes;
  private final Counters counters;
  private final Topics topics;
  private final StreamsBuilder builder = new StreamsBuilder();

  private AggregationTopology(
      Settings settings, int partitions, Map<String, Integer> recordSizes, Counters counters) {
    this.recordSizes = recordSizes;
    this.settings = settings;
    this.partitions = partitions;
    this.counters = counters;
    this.topics = settings.topics();
  }

  /**
   * @param partitions of user-activity and of db-changes
   * @param recordSizes the largest record that each output topic takes, in bytes
   */
  static Topology build(
      Settings settings, int partitions, Map<String, Integer> recordSizes, Counters counters) {
    return new AggregationTopology(settings, partitions, recordSizes, counters).build();
  }

  private Topology build() {
    final KStream<byte[], Timed<Arrival>> arrivals = read();
    final KStream<byte[], Timed<Arrival>> parted =
        arrivals
            .process(
                new Dedupe<>(
                    "dedupe",
                    settings.dedupeRetention(),
                    arrival -> arrival.event().eventId(),
                    counters.duplicates::increment),
                Named.as("dedupe-by-event-id"))
            .process(
                new LateEventBranch<>(
                    "watermark",
                    settings.lateGrace(),
                    settings.quietAfter(),
                    settings.notBefore()),
                Named.as("late-event-branch"));
    writeLate(parted);
    final KStream<byte[], Timed<Event>> events = parted.flatMapValues(AggregationTopology::onTime);
    countActivity(events);
    countClicks(events);
    joinChanges(events);
    closeSessions(events);
    return builder.build();
  }

  private KStream<byte[], Timed<Arrival>> read() {
    final KStream<byte[], Read> read =
        builder
            .stream(
                List.of(topics.userActivity(), topics.dbChanges(), topics.ticks()),
                Consumed.with(BYTES, BYTES)
                    .withName("events-and-ticks")
                    .withOffsetResetPolicy(AutoOffsetReset.earliest())
                    .withTimestampExtractor(
                        (record, partitionTime) ->
                            record.timestamp() >= 0 ? record.timestamp() : Math.max(0, partitionTime)))
            .process(
                () -> new ReadRecords(topics.ticks(), new EventReader(settings.skewMax()), counters),
                Named.as("read-records"));
    read.filter((key, value) -> value instanceof Read.Unreadable)
        .map((key, value) -> new KeyValue<byte[], byte[]>(null, Output.unreadable((Read.Unreadable) value)))
        .to(topics.unreadable(), Produced.with(BYTES, BYTES));
    return read.filter((key, value) -> value instanceof Read.Readable)
        .mapValues(value -> ((Read.Readable) value).timed());
  }

  private static List<Timed<Event>> onTime(Timed<Arrival> timed) {
    if (timed instanceof Timed.Item<Arrival> item) {
      return List.of(new Timed.Item<>(item.value().event(), item.time()));
    }
    if (timed instanceof Timed.Watermark<Arrival> watermark) {
      return List.of(new Timed.Watermark<>(watermark.time()));
    }
    return List.of();
  }

  private void writeLate(KStream<byte[], Timed<Arrival>> parted) {
    parted
        .process(() -> new ToLateRecord(counters), Named.as("late-events"))
        .process(fitting(topics.late()), Named.as("fitting-late-events"))
        .to(topics.late(), Produced.with(BYTES, BYTES));
  }

  /** The record as it was, with the reason in its headers. */
  private static final class ToLateRecord
      extends ContextualProcessor<byte[], Timed<Arrival>, byte[], byte[]> {
    private final Counters counters;

    ToLateRecord(Counters counters) {
      this.counters = counters;
    }

    @Override
    public void process(Record<byte[], Timed<Arrival>> record) {
      if (!(record.value() instanceof Timed.Late<Arrival> late)) return;
      counters.late.increment();
      final Headers headers = new RecordHeaders(record.headers());
      headers.add("eventTime", Output.bytes(Output.time(late.time())));
      headers.add("watermark", Output.bytes(Output.time(late.watermark())));
      headers.add("lateByMs", Output.bytes(Long.toString(late.watermark() - late.time())));
      context().forward(record.withValue(late.value().value()).withHeaders(headers));
    }
  }

  private void countActivity(KStream<byte[], Timed<Event>> events) {
    final long size = settings.activityWindow().toMillis();
    write(
        counts("activity", settings.activityWindow(), Output::activityGroup, events)
            .filter((group, part) -> !part.closes())
            .map((group, part) -> KeyValue.pair(Output.activityKey(group), Output.activity(group, part, size))),
        topics.activity());
  }

  private void countClicks(KStream<byte[], Timed<Event>> events) {
    final Duration window = settings.clicksWindow();
    final long size = window.toMillis();
    write(
        counts("clicks", window, Output::clickGroup, events)
            .repartition(
                Repartitioned.with(Serdes.String(), COUNT_PART)
                    .withName("clicks-parts")
                    .withNumberOfPartitions(partitions)
                    .withStreamPartitioner(MergeParts.partitioner()))
            .process(
                new MergeParts<>("clicks-merged", window, partitions, Long::sum, Serdes.Long()),
                Named.as("merge-clicks"))
            .map((group, part) -> KeyValue.pair(Output.clickKey(group), Output.clicks(group, part, size))),
        topics.clicks());
  }

  private KStream<String, Part<Long>> counts(
      String name,
      Duration window,
      java.util.function.Function<Event, String> group,
      KStream<byte[], Timed<Event>> events) {
    return events.process(
        new TumblingAggregate<>(
            name,
            window,
            settings.lateGrace(),
            group,
            (count, event) -> count == null ? 1 : count + 1,
            Serdes.Long()),
        Named.as("count-" + name));
  }

  private void joinChanges(KStream<byte[], Timed<Event>> events) {
    write(
        events
            .process(
                new JoinByKeyAndFlow<>(
                    "join",
                    settings.joinWindow(),
                    settings.lateGrace(),
                    Event::ofDatabaseChange,
                    new EventView(),
                    EVENT),
                Named.as("join-by-user-and-flow"))
            .map((user, joined) -> KeyValue.pair(Output.bytes(user), Output.joined(joined))),
        topics.events());
  }

  private static final class EventView implements JoinByKeyAndFlow.View<Event> {
    @Override
    public String key(Event event) {
      return event.ofDatabaseChange() || event.ofUserActivity() ? event.userId() : null;
    }

    @Override
    public String flow(Event event) {
      return event.correlationId();
    }

    @Override
    public String id(Event event) {
      return event.eventId();
    }

    @Override
    public long time(Event event) {
      return event.time();
    }

    @Override
    public long number(Event event) {
      return event.seq();
    }
  }

  private void closeSessions(KStream<byte[], Timed<Event>> events) {
    final Duration window = settings.activityWindow();
    write(
        events
            .process(
                new TumblingAggregate<>(
                    "session-parts", window, settings.lateGrace(), Event::sessionId, Session::add, SESSION),
                Named.as("part-sessions"))
            .repartition(
                Repartitioned.with(Serdes.String(), SESSION_PART)
                    .withName("session-parts")
                    .withNumberOfPartitions(partitions)
                    .withStreamPartitioner(MergeParts.partitioner()))
            .process(
                new MergeSessions("sessions", window, settings.sessionIdle(), partitions),
                Named.as("merge-sessions"))
            .map((id, session) -> KeyValue.pair(Output.bytes(id), Output.session(id, session))),
        topics.sessions());
  }

  private ProcessorSupplier<byte[], byte[], byte[], byte[]> fitting(String topic) {
    final int size = recordSizes.get(topic);
    return () -> new LeaveOutTooLarge(topic, size, counters);
  }

  private void write(KStream<byte[], byte[]> records, String topic) {
    records
        .process(fitting(topic), Named.as("fitting-" + topic))
        .peek((key, value) -> counters.aggregates.increment())
        .to(topic, Produced.with(BYTES, BYTES));
  }
}
