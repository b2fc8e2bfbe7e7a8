package io.forebay.cli;

/** A line on a terminal that says what is being done, and is gone when it is done. */
final class ProgressLine implements AutoCloseable {
  private static final String ERASE = "\r\033[K";
  private static final int MOST = 78;

  private final Terminal terminal;

  ProgressLine(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Replaces the line; says nothing where there is no terminal. */
  void show(String what) {
    if (terminal.interactive()) {
      String line = what.length() > MOST ? what.substring(0, MOST) : what;
      terminal.err().print(ERASE + line + " …");
      terminal.err().flush();
    }
  }

  @Override
  public void close() {
    if (terminal.interactive()) {
      terminal.err().print(ERASE);
      terminal.err().flush();
    }
  }
}
