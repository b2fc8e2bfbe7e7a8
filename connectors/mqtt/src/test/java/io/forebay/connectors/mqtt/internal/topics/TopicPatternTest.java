package io.forebay.connectors.mqtt.internal.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.Seed;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TopicPatternTest {
  private static final int FUZZED = Integer.getInteger("forebay.messages", 200_000);

  @ParameterizedTest
  @CsvSource({
    "plant/{line}/{sensorId}, plant/+/+",
    "{a}, +",
    "a/{b}/#, a/+/#",
    "$share/g/plant/{line}, $share/g/plant/+",
    "a//b, a//b"
  })
  void subscribes_with_plus_for_each_name_when_levels_have_names(String text, String filter) {
    assertThat(TopicPattern.parse(text).filter()).isEqualTo(filter);
  }

  @Test
  void gives_the_named_levels_when_the_topic_matches() {
    TopicPattern pattern = TopicPattern.parse("plant/{line}/+/{sensorId}/#");

    assertThat(pattern.names()).containsExactly("line", "sensorId");
    assertThat(pattern.match("plant/7/x/s-1/deep/er")).containsExactly("7", "s-1");
    assertThat(pattern.match("plant/7/x/s-1")).containsExactly("7", "s-1");
    assertThat(pattern.match("plant//x/")).containsExactly("", "");
    assertThat(pattern.match("plant/7/x")).isNull();
    assertThat(pattern.match("planet/7/x/s-1")).isNull();
  }

  @Test
  void does_not_match_topics_of_the_broker_when_the_first_level_is_a_wildcard() {
    assertThat(TopicPattern.parse("#").match("$SYS/uptime")).isNull();
    assertThat(TopicPattern.parse("+/uptime").match("$SYS/uptime")).isNull();
    assertThat(TopicPattern.parse("{a}/uptime").match("$SYS/uptime")).isNull();
    assertThat(TopicPattern.parse("$SYS/#").match("$SYS/uptime")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a/#/b",
        "a+/b",
        "a/b#",
        "x{y}/z",
        "{}/a",
        "{a}/{a}",
        "{a:b}",
        "$share/g",
        "$share//a",
        "$share/+/a",
        "a/{b",
        "a/}"
      })
  void refuses_in_one_sentence_when_the_topic_is_wrong(String text) {
    assertThatThrownBy(() -> TopicPattern.parse(text))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("topic");
  }

  @Test
  void shares_the_subscription_when_there_is_a_group() {
    assertThat(TopicPattern.parse("a/{b}").shared("g").filter()).isEqualTo("$share/g/a/+");
    assertThatThrownBy(() -> TopicPattern.parse("$share/h/a").shared("g"))
        .isInstanceOf(ConfigurationException.class);
  }

  /** Against a regular expression made of the filter. */
  @Test
  void matches_as_a_regular_expression_does_when_topics_are_random() {
    long seed = Seed.of(1);
    SplittableRandom random = new SplittableRandom(seed);
    int matched = 0;
    TopicPattern pattern = TopicPattern.parse("a");
    Pattern reference = Pattern.compile("a");
    for (int i = 0; i < FUZZED; i++) {
      if (i % 50 == 0) {
        String text = pattern(random);
        pattern = TopicPattern.parse(text);
        reference = reference(text);
      }
      String topic = topic(random);
      String[] actual = pattern.match(topic);
      Matcher expected = reference.matcher(topic);
      boolean matches = expected.matches();
      assertThat(actual != null).as("%s on '%s', seed %d", pattern, topic, seed).isEqualTo(matches);
      if (actual != null) {
        matched++;
        for (int name = 0; name < actual.length; name++) {
          assertThat(actual[name]).isEqualTo(expected.group(name + 1));
        }
      }
    }
    assertThat(matched).isGreaterThan(FUZZED / 100);
  }

  private static String pattern(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    int levels = 1 + random.nextInt(4);
    for (int i = 0; i < levels; i++) {
      text.append(i == 0 ? "" : "/");
      switch (random.nextInt(5)) {
        case 0 -> text.append('+');
        case 1 -> text.append("{n").append(i).append('}');
        case 2 -> text.append(i == levels - 1 ? "#" : "");
        default -> text.append(word(random));
      }
    }
    return text.isEmpty() ? "a" : text.toString();
  }

  private static String topic(SplittableRandom random) {
    StringBuilder text = new StringBuilder(random.nextInt(20) == 0 ? "$" : "");
    int levels = 1 + random.nextInt(4);
    for (int i = 0; i < levels; i++) {
      text.append(i == 0 ? "" : "/").append(random.nextInt(8) == 0 ? "" : word(random));
    }
    return text.toString();
  }

  private static String word(SplittableRandom random) {
    return String.valueOf("ab温".charAt(random.nextInt(3)));
  }

  private static Pattern reference(String pattern) {
    StringBuilder regex = new StringBuilder();
    String[] levels = pattern.split("/", -1);
    for (int i = 0; i < levels.length; i++) {
      String level = levels[i];
      String separator = i == 0 ? "" : "/";
      String noDollar = i == 0 ? "(?!\\$)" : "";
      if (level.equals("#")) {
        regex.append(i == 0 ? "(?!\\$).*" : "(?:/.*)?");
      } else if (level.equals("+")) {
        regex.append(separator).append(noDollar).append("[^/]*");
      } else if (level.startsWith("{")) {
        regex.append(separator).append(noDollar).append("([^/]*)");
      } else {
        regex.append(separator).append(Pattern.quote(level));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
