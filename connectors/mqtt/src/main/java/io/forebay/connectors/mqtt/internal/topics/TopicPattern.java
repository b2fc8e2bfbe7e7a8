package io.forebay.connectors.mqtt.internal.topics;

import io.forebay.errors.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A topic filter some of whose levels have names: {@code plant/{line}/{sensorId}} is the filter
 * {@code plant/+/+}, and the two levels are fields. {@code +} and {@code #} are wildcards as usual.
 * Immutable.
 *
 * @see <a href="https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html#_Toc3901241">MQTT
 *     5, 4.7 Topic Names and Topic Filters</a>
 */
public final class TopicPattern {
  private static final String SHARE = "$share/";
  private static final int LONGEST = 65_535;

  private final String text;
  private final String[] levels;
  private final List<String> names = new ArrayList<>();
  private final String share;

  private TopicPattern(String text, String share, String topic) {
    this.text = text;
    this.share = share;
    this.levels = topic.split("/", -1);
    for (int i = 0; i < levels.length; i++) {
      String level = levels[i];
      if (level.startsWith("{") && level.endsWith("}")) {
        String name = level.substring(1, level.length() - 1);
        if (name.isEmpty() || name.contains("{") || name.contains("}") || name.contains(":")) {
          throw wrong("'" + level + "' does not name a field; write {name}");
        }
        names.add(name);
      } else if (level.contains("{") || level.contains("}")) {
        throw wrong("a name is a whole level; write plant/{line}/{sensorId}");
      } else if (level.length() > 1 && (level.contains("+") || level.contains("#"))) {
        throw wrong("+ and # stand for whole levels");
      } else if (level.equals("#") && i < levels.length - 1) {
        throw wrong("# is the last level");
      }
    }
    if (new HashSet<>(names).size() < names.size()) {
      throw wrong("two levels have the same name; rename one");
    }
  }

  /**
   * Reads a pattern; {@code $share/group/} in front of it is a shared subscription.
   *
   * @throws ConfigurationException if it is none
   */
  public static TopicPattern parse(String text) {
    String share = "";
    String topic = text;
    if (text.startsWith(SHARE)) {
      int end = text.indexOf('/', SHARE.length());
      if (end <= SHARE.length() || text.substring(0, end).matches(".*[+#{}].*")) {
        throw new ConfigurationException(
            "the topic '" + text + "' is wrong: write $share/group/topic");
      }
      share = text.substring(0, end + 1);
      topic = text.substring(end + 1);
    }
    if (topic.isEmpty()
        || topic.indexOf('\0') >= 0
        || text.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      throw new ConfigurationException(
          "the topic '" + text + "' is wrong: it has 1 to 65535 bytes and no NUL");
    }
    return new TopicPattern(text, share, topic);
  }

  private ConfigurationException wrong(String why) {
    return new ConfigurationException("the topic '" + text + "' is wrong: " + why);
  }

  /** The names of its levels, in order. */
  List<String> names() {
    return names;
  }

  /** What is subscribed to. */
  public String filter() {
    List<String> plain = new ArrayList<>();
    for (String level : levels) {
      plain.add(level.startsWith("{") ? "+" : level);
    }
    return share + String.join("/", plain);
  }

  /** The same, shared within a group of clients: each message goes to one of them. */
  public TopicPattern shared(String group) {
    if (!share.isEmpty()) {
      throw wrong("it is shared already; remove $share/… or the group");
    }
    return parse(SHARE + group + "/" + text);
  }

  /** Whether it is a shared subscription. */
  public boolean isShared() {
    return !share.isEmpty();
  }

  /** Whether both are not shared, or shared within the same group. */
  public boolean isOfSameShare(TopicPattern other) {
    return share.equals(other.share);
  }

  /** Whether it matches every topic that {@code other} matches. */
  public boolean covers(TopicPattern other) {
    if (isWild(0) && other.levels[0].startsWith("$")) {
      return false;
    }
    for (int i = 0; i < levels.length; i++) {
      if (isRest(i)) {
        return true;
      }
      if (i == other.levels.length || other.isRest(i)) {
        return false;
      }
      if (!isWild(i) && (other.isWild(i) || !levels[i].equals(other.levels[i]))) {
        return false;
      }
    }
    return levels.length == other.levels.length;
  }

  /** Whether there is a topic that both match. */
  public boolean overlaps(TopicPattern other) {
    if ((isWild(0) && other.levels[0].startsWith("$"))
        || (other.isWild(0) && levels[0].startsWith("$"))) {
      return false;
    }
    for (int i = 0; ; i++) {
      // A level and everything below it: also where that is nothing.
      if (isRest(i) || other.isRest(i)) {
        return true;
      }
      if (i >= levels.length || i >= other.levels.length) {
        return levels.length == other.levels.length;
      }
      if (!isWild(i) && !other.isWild(i) && !levels[i].equals(other.levels[i])) {
        return false;
      }
    }
  }

  /** Whether the level stands for all that is below, as far as there is such a level. */
  private boolean isRest(int level) {
    return level < levels.length && levels[level].equals("#");
  }

  private boolean isWild(int level) {
    return isRest(level) || levels[level].equals("+") || levels[level].startsWith("{");
  }

  /** The named levels of the topic, in order; null if the filter does not match it. */
  public String @Nullable [] match(String topic) {
    String[] actual = topic.split("/", -1);
    String[] values = new String[names.size()];
    int named = 0;
    for (int i = 0; i < levels.length; i++) {
      String level = levels[i];
      if (level.equals("#")) {
        return i > 0 || !topic.startsWith("$") ? values : null;
      }
      if (i == actual.length) {
        return null;
      }
      boolean wild = level.equals("+") || level.startsWith("{");
      if (wild ? i == 0 && topic.startsWith("$") : !level.equals(actual[i])) {
        return null;
      }
      if (level.startsWith("{")) {
        values[named++] = actual[i];
      }
    }
    return levels.length == actual.length ? values : null;
  }

  @Override
  public String toString() {
    return text;
  }
}
