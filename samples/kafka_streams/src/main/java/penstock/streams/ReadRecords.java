package penstock.streams;

import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import penstock.streams.event.EventReader;
import penstock.streams.operator.Timed;

/**
 * Reads the records of the input topics. No record stops it: what is no event goes on as
 * Unreadable, and a record without a value (a tombstone) is counted and dropped.
 */
final class ReadRecords extends ContextualProcessor<byte[], byte[], byte[], Read> {
  private final String ticks;
  private final EventReader reader;
  private final Counters counters;

  ReadRecords(String ticks, EventReader reader, Counters counters) {
    this.ticks = ticks;
    this.reader = reader;
    this.counters = counters;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    final RecordMetadata place = context().recordMetadata().orElseThrow();
    if (place.topic().equals(ticks)) {
      context().forward(record.withValue(new Read.Readable(new Timed.Tick<>(record.timestamp()))));
    } else if (record.value() == null) {
      counters.tombstones.increment();
    } else {
      context().forward(record.withValue(read(record, place)));
    }
  }

  private Read read(Record<byte[], byte[]> record, RecordMetadata place) {
    try {
      final EventReader.Reading reading = reader.read(record.value(), record.timestamp());
      counters.events.increment();
      if (!reading.clockTrusted()) counters.clocksNotTrusted.increment();
      return new Read.Readable(
          new Timed.Item<>(
              new Read.Arrival(reading.event(), record.value()), reading.event().time()));
    } catch (EventReader.Unreadable error) {
      counters.unreadable.increment();
      return new Read.Unreadable(
          place.topic(), place.partition(), place.offset(), error.getMessage(), record.value().length);
    }
  }
}
