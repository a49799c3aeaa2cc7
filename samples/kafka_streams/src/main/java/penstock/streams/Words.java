package penstock.streams;

/** Errors of Kafka, in one line. */
final class Words {
  private Words() {}

  /** The innermost reason, with its kind where its text alone says little. */
  static String of(Throwable error) {
    Throwable reason = error;
    while (reason.getCause() != null && reason.getCause() != reason) reason = reason.getCause();
    return reason.getClass().getSimpleName() + ": " + reason.getMessage();
  }
}
