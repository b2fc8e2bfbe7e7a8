package io.forebay.mqttbroker;

import java.util.List;

/**
 * A topic filter with the wildcards {@code +} and {@code #}. Immutable.
 *
 * @param group the group of a shared subscription; empty: not shared
 */
record TopicFilter(String text, String group, List<String> levels) {
  private static final String SHARE = "$share/";

  static TopicFilter parse(String text) {
    String group = "";
    String filter = text;
    if (text.startsWith(SHARE)) {
      int end = text.indexOf('/', SHARE.length());
      if (end > 0) {
        group = text.substring(SHARE.length(), end);
        filter = text.substring(end + 1);
      }
    }
    return new TopicFilter(text, group, List.of(filter.split("/", -1)));
  }

  boolean matches(String[] topic) {
    for (int i = 0; i < levels.size(); i++) {
      if (levels.get(i).equals("#")) {
        return i > 0 || !topic[0].startsWith("$");
      }
      if (i == topic.length) {
        return false;
      }
      boolean wild = levels.get(i).equals("+") && !(i == 0 && topic[0].startsWith("$"));
      if (!wild && !levels.get(i).equals(topic[i])) {
        return false;
      }
    }
    return levels.size() == topic.length;
  }

  boolean isShared() {
    return !group.isEmpty();
  }
}
