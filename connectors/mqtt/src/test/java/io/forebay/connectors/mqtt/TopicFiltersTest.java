package io.forebay.connectors.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.connectors.mqtt.internal.topics.TopicPattern;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.Seed;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Filters of one source never bring a message twice. */
final class TopicFiltersTest {
  private static List<String> filters(String topics) {
    return MqttSource.builder(MqttBroker.at("mqtt://127.0.0.1"), "c")
        .topics(List.of(topics.split(" ")))
        .build()
        .filters();
  }

  @ParameterizedTest
  @CsvSource({
    "a/# a/b a/+, a/#",
    "a/b a/#, a/#",
    "plant/{line}/{sensorId} plant/7/x, plant/+/+",
    "a/{x} a/+, a/+",
    "a a, a",
    "a/# a, a/#",
    "# $SYS/#, # $SYS/#",
    "+/x $SYS/x, +/x $SYS/x",
    "a/+ a/b/c, a/+ a/b/c",
    "$share/g/a/# $share/g/a/b, $share/g/a/#"
  })
  void leaves_out_a_filter_when_another_one_covers_it(String topics, String subscribed) {
    assertThat(filters(topics)).containsExactly(subscribed.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "a/+ +/b",
    "a/+/c a/b/#",
    "plant/{line}/+ plant/+/x/# plant/7/{s}/y {a}/7/z",
    "$share/g/a/# a/b",
    "$share/g/a $share/h/a"
  })
  void refuses_filters_when_they_overlap_and_none_covers_the_other(String topics) {
    assertThatThrownBy(() -> filters(topics))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("have topics in common, whose messages a broker sends once for each");
  }

  @Test
  void says_which_topics_two_sources_have_in_common() {
    assertThat(common("a/b x/#", "", "c x/{y}", "")).contains(List.of("x/#", "x/{y}"));
    assertThat(common("a/b", "", "a/c", "")).isEmpty();
    assertThat(common("a/#", "g", "a/#", "g")).isEmpty();
    assertThat(common("a/#", "g", "a/#", "h")).contains(List.of("a/#", "a/#"));
    assertThat(common("a/#", "g", "$share/g/a/#", "")).isEmpty();
    assertThat(common("a/#", "g", "a/b", "g")).contains(List.of("a/#", "a/b"));
  }

  private static Optional<List<String>> common(
      String topics, String group, String others, String otherGroup) {
    return TopicFilters.inCommon(
        List.of(topics.split(" ")),
        Optional.of(group).filter(name -> !name.isEmpty()),
        List.of(others.split(" ")),
        Optional.of(otherGroup).filter(name -> !name.isEmpty()));
  }

  @Test
  void agrees_with_matching_when_filters_and_topics_are_random() {
    SplittableRandom random = new SplittableRandom(Seed.of(20_261_130));
    List<String> topics =
        Stream.of("a", "b", "$x")
            .flatMap(first -> Stream.of(first, first + "/a", first + "/b", first + "/a/b"))
            .toList();
    for (int i = 0; i < 20_000; i++) {
      TopicPattern one = TopicPattern.parse(filter(random));
      TopicPattern two = TopicPattern.parse(filter(random));
      boolean both =
          topics.stream().anyMatch(topic -> one.match(topic) != null && two.match(topic) != null);
      if (both) {
        assertThat(one.overlaps(two)).as("%s and %s overlap", one, two).isTrue();
      }
      if (one.covers(two)) {
        assertThat(topics)
            .as("%s covers %s", one, two)
            .allMatch(topic -> two.match(topic) == null || one.match(topic) != null);
        assertThat(one.overlaps(two)).isTrue();
      }
    }
  }

  private static String filter(SplittableRandom random) {
    StringBuilder filter = new StringBuilder();
    String[] levels = {"a", "b", "+", "{n}", "$x"};
    int depth = 1 + random.nextInt(3);
    for (int i = 0; i < depth; i++) {
      String level = levels[random.nextInt(i == 0 ? 5 : 4)];
      filter.append(i == 0 ? "" : "/").append(level.equals("{n}") ? "{n" + i + "}" : level);
    }
    return filter + (random.nextInt(3) == 0 ? "/#" : "");
  }
}
