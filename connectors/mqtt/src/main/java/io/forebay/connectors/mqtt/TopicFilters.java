package io.forebay.connectors.mqtt;

import io.forebay.connectors.mqtt.internal.topics.TopicPattern;
import io.forebay.errors.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a source subscribes to. A broker may send a message once for each filter of a client that
 * matches it (MQTT 5, 3.3.4, and some with 3.1.1), and each would be a record: so a filter that
 * another one covers is not subscribed to, and two that overlap otherwise are refused.
 */
public final class TopicFilters {
  private TopicFilters() {}

  /**
   * The filters to subscribe to, none of which matches a topic that another one matches.
   *
   * @throws ConfigurationException if two overlap and neither covers the other
   */
  static List<String> of(List<TopicPattern> patterns) {
    List<TopicPattern> kept = new ArrayList<>();
    for (TopicPattern pattern : patterns) {
      if (kept.stream().noneMatch(each -> each.isOfSameShare(pattern) && each.covers(pattern))) {
        kept.removeIf(each -> pattern.isOfSameShare(each) && pattern.covers(each));
        kept.add(pattern);
      }
    }
    for (int i = 0; i < kept.size(); i++) {
      for (int j = i + 1; j < kept.size(); j++) {
        if (kept.get(i).overlaps(kept.get(j))) {
          throw new ConfigurationException(
              "the topics '"
                  + kept.get(i)
                  + "' and '"
                  + kept.get(j)
                  + "' have topics in common, whose messages a broker sends once for each of the"
                  + " two: name topics that have none in common, or one that covers both");
        }
      }
    }
    return kept.stream().map(TopicPattern::filter).toList();
  }

  /** The filters of these patterns that are left out because others cover them. */
  static List<String> covered(List<TopicPattern> patterns, List<String> filters) {
    return patterns.stream()
        .map(TopicPattern::filter)
        .distinct()
        .filter(filter -> !filters.contains(filter))
        .toList();
  }

  /**
   * The first topic of one source that has messages in common with a topic of another source of the
   * same broker, and that one: each of these messages is a record of both.
   *
   * @param group the group in which the first source shares its subscriptions
   */
  public static Optional<List<String>> inCommon(
      List<String> topics,
      Optional<String> group,
      List<String> otherTopics,
      Optional<String> otherGroup) {
    for (String topic : topics) {
      for (String other : otherTopics) {
        TopicPattern one = shared(topic, group);
        TopicPattern two = shared(other, otherGroup);
        // Members of one group get each message once, if they share the same subscription.
        boolean divided = one.isShared() && one.filter().equals(two.filter());
        if (!divided && one.overlaps(two)) {
          return Optional.of(List.of(topic, other));
        }
      }
    }
    return Optional.empty();
  }

  private static TopicPattern shared(String topic, Optional<String> group) {
    TopicPattern pattern = TopicPattern.parse(topic);
    return group.isPresent() && !pattern.isShared() ? pattern.shared(group.get()) : pattern;
  }
}
