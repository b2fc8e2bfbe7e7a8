package io.forebay.workers.internal.calls;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Properties;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/**
 * In a worker: what a function can change around itself, so that it fails later for records that
 * are innocent. Where a record throws and something is not as it was at first, it is called once
 * more with everything as at first: if it gets through, the change was to blame, and stays undone;
 * otherwise it is put back, for a function may change what it likes for itself. Belongs to the
 * thread that calls the function.
 */
public final class GlobalState {
  private record State(
      Locale locale,
      Locale display,
      Locale format,
      TimeZone zone,
      Properties properties,
      PrintStream out,
      PrintStream err,
      @Nullable ClassLoader loader) {

    static State now() {
      return new State(
          Locale.getDefault(),
          Locale.getDefault(Locale.Category.DISPLAY),
          Locale.getDefault(Locale.Category.FORMAT),
          TimeZone.getDefault(),
          (Properties) System.getProperties().clone(),
          System.out,
          System.err,
          Thread.currentThread().getContextClassLoader());
    }

    void restore() {
      Locale.setDefault(locale);
      Locale.setDefault(Locale.Category.DISPLAY, display);
      Locale.setDefault(Locale.Category.FORMAT, format);
      TimeZone.setDefault(zone);
      System.setProperties((Properties) properties.clone());
      System.setOut(out);
      System.setErr(err);
      Thread.currentThread().setContextClassLoader(loader);
    }
  }

  private final State atFirst = State.now();
  private int repeated = -1;
  private @Nullable State changed;

  /** A call on several rows begins. */
  void beginCall() {
    repeated = -1;
  }

  /** A row has thrown: whether it is to be called once more. */
  boolean restoreToRepeat(boolean interrupted, int row) {
    if (repeated == row) {
      if (changed != null) {
        changed.restore();
      }
      return false;
    }
    State now = State.now();
    changed = now.equals(atFirst) ? null : now;
    if (changed != null) {
      atFirst.restore();
    }
    repeated = row;
    return interrupted || changed != null;
  }
}
