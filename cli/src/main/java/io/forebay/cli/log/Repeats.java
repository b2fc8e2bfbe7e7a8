package io.forebay.cli.log;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lets each text pass once a minute: a client whose server is away says so at each attempt. Time is
 * that of the entries. May be used by any thread.
 */
final class Repeats {
  static final long QUIET_MILLIS = 60_000;

  private static final int MOST_TEXTS = 256;

  private static final class Said {
    private final long since;
    private int again;

    Said(long since) {
      this.since = since;
    }
  }

  @GuardedBy("this")
  private final Map<String, Said> said =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Said> eldest) {
          return size() > MOST_TEXTS;
        }
      };

  /** How often the text was held back since it passed last; negative: it is held back now, too. */
  synchronized int pass(String text, long millis) {
    Said last = said.get(text);
    if (last != null && Math.abs(millis - last.since) < QUIET_MILLIS) {
      last.again++;
      return -1;
    }
    said.remove(text); // the new one is the youngest
    said.put(text, new Said(millis));
    return last == null ? 0 : last.again;
  }
}
