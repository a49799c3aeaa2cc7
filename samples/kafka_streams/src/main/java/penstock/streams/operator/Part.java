package penstock.streams.operator;

/**
 * What a task hands on of its windows: the aggregate of one group in the window that begins at
 * {@code time}; or, with no aggregate, that the task of {@code partition} has closed all windows
 * that begin before {@code time} and will send nothing more for them.
 */
public record Part<A>(int partition, long time, A aggregate) {
  // Not is…(): Jackson would write it as a field.
  public boolean closes() {
    return aggregate == null;
  }
}
