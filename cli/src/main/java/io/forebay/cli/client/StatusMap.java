package io.forebay.cli.client;

import java.util.List;
import java.util.Map;

/** Reads what a status tells; what it does not tell is 0, empty or nothing. */
final class StatusMap {
  /** A part as it is since the start, and as it was lately. */
  interface Both {
    void accept(Map<?, ?> sinceStart, Map<?, ?> recent);
  }

  private StatusMap() {}

  static void each(Map<?, ?> status, Map<?, ?> recent, String key, Both parts) {
    if (status.get(key) instanceof List<?> all && recent.get(key) instanceof List<?> now) {
      for (int i = 0; i < Math.min(all.size(), now.size()); i++) {
        if (all.get(i) instanceof Map<?, ?> one && now.get(i) instanceof Map<?, ?> other) {
          parts.accept(one, other);
        }
      }
    }
  }

  static Map<?, ?> map(Map<?, ?> from, String key) {
    return from.get(key) instanceof Map<?, ?> map ? map : Map.of();
  }

  static double number(Map<?, ?> from, String key) {
    return from.get(key) instanceof Number number ? number.doubleValue() : 0;
  }

  /** A text without what would control the terminal. */
  static String text(Map<?, ?> from, String key) {
    return from.get(key) instanceof String text ? text.replaceAll("\\p{Cntrl}", " ") : "";
  }
}
