package penstock.streams;

/** The topics or the state are such that results would be wrong: what is, and what to do. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1;

  Refused(String message) {
    super(message);
  }
}
