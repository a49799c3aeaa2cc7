package penstock.streams.session;

import com.fasterxml.jackson.core.type.TypeReference;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import penstock.streams.operator.ClosedBy;
import penstock.streams.operator.JsonSerde;
import penstock.streams.operator.Part;
import penstock.streams.operator.TimeKey;

/**
 * Puts the parts of each session together (a session's events lie in several partitions: before
 * the user signs in their key is the install) and hands the session on once: when its SessionEnd
 * has come and every partition has closed the window of it, or when nothing has come for {@code
 * idle}. Events that come after that make another record for the same session.
 */
public final class MergeSessions
    implements ProcessorSupplier<String, Part<Session>, String, Session> {
  private static final Serde<Session> SESSION = JsonSerde.of(new TypeReference<Session>() {});

  private final String name;
  private final long partSize;
  private final long idle;
  private final int partitions;

  /** {@code partSize}: the windows of the parts; {@code partitions}: how many tasks send parts. */
  public MergeSessions(String name, Duration partSize, Duration idle, int partitions) {
    this.name = name;
    this.partSize = partSize.toMillis();
    this.idle = idle.toMillis();
    this.partitions = partitions;
  }

  @Override
  public Set<StoreBuilder<?>> stores() {
    return Set.of(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(name + "-unmerged"), Serdes.Bytes(), SESSION)
            .withCachingEnabled(),
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(name), Serdes.String(), SESSION)
            .withCachingEnabled(),
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(name + "-due"), Serdes.Bytes(), Serdes.ByteArray())
            .withCachingEnabled(),
        ClosedBy.store(name));
  }

  @Override
  public Processor<String, Part<Session>, String, Session> get() {
    return new Task();
  }

  private final class Task extends ContextualProcessor<String, Part<Session>, String, Session> {
    private static final byte[] NOTHING = {};

    private KeyValueStore<Bytes, Session> parts;  // of windows that are not closed everywhere
    private KeyValueStore<String, Session> sessions;
    private KeyValueStore<Bytes, byte[]> due;  // from when on each session is over
    private ClosedBy closedBy;
    private long closed;
    private long finished;

    @Override
    public void init(ProcessorContext<String, Session> context) {
      super.init(context);
      closed = finished = 0;  // also called when Kafka Streams takes the task back to its last commit
      parts = context.getStateStore(name + "-unmerged");
      sessions = context.getStateStore(name);
      due = context.getStateStore(name + "-due");
      closedBy = new ClosedBy(context, name, partitions);
    }

    @Override
    public void process(Record<String, Part<Session>> record) {
      final Part<Session> part = record.value();
      if (part.closes()) {
        close(closedBy.advance(part));
      } else {
        final Bytes key = TimeKey.of(part.time(), record.key());
        final Session other = parts.get(key);
        parts.put(key, other == null ? part.aggregate() : Session.merge(other, part.aggregate()));
      }
    }

    // Window after window, so that the result is the same however the partitions lag.
    private void close(long before) {
      if (before <= closed) return;
      TimeKey.drain(
          parts,
          0,
          before,
          (key, part) -> {
            finish(TimeKey.time(key));
            add(TimeKey.text(key), part);
          });
      finish(before);
      closed = before;
    }

    private void add(String id, Session part) {
      Session before = sessions.get(id);
      if (before != null && !before.ended() && before.last() + idle < part.first()) {
        due.delete(TimeKey.of(over(before), id));
        forward(id, before);
        before = null;
      }
      final Session session = before == null ? part : Session.merge(before, part);
      sessions.put(id, session);
      if (before != null) due.delete(TimeKey.of(over(before), id));
      due.put(TimeKey.of(over(session), id), NOTHING);
    }

    // From when on no event of the session can come any more.
    private long over(Session session) {
      return session.ended()
          ? session.last() / partSize * partSize + partSize
          : session.last() + idle;
    }

    // The sessions that are over at `time`.
    private void finish(long time) {
      if (time <= finished) return;
      finished = time;
      TimeKey.drain(
          due,
          0,
          time + 1,
          (key, nothing) -> {
            final String id = TimeKey.text(key);
            forward(id, sessions.delete(id));
          });
    }

    private void forward(String id, Session session) {
      context().forward(new Record<>(id, session, session.last()));
    }
  }
}
