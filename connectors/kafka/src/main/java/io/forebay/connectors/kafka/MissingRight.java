package io.forebay.connectors.kafka;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/**
 * Which right (ACL) on which resource who lacks, as the end of a sentence with the command that
 * gives it. {@code Read} and {@code Write} include {@code Describe}.
 *
 * @param user who is logged in
 * @param reading whether topics are read, or written
 * @param transactionalId of who writes
 */
record MissingRight(Optional<String> user, boolean reading, String transactionalId) {

  String of(AuthorizationException e) {
    return switch (e) {
      case TopicAuthorizationException topics -> ofTopics(topics);
      case GroupAuthorizationException group ->
          said("be a member of the group '" + group.groupId() + "'")
              + command("--group", String.valueOf(group.groupId()), "Read");
      case TransactionalIdAuthorizationException _ ->
          said("write under the transactional id '" + transactionalId + "'")
              + command("--transactional-id", transactionalId, "Write");
      default -> said(e);
    };
  }

  private String ofTopics(TopicAuthorizationException e) {
    Set<String> topics = new TreeSet<>(e.unauthorizedTopics());
    if (topics.isEmpty()) {
      return said(e);
    }
    String topic = topics.iterator().next();
    if (topic.equals(KafkaSinkSettings.PROGRESS_TOPIC)) {
      return said("read and write the topic '" + topic + "', which holds the progress")
          + command("--topic", topic, "Read", "Write", "Create");
    }
    return said((reading ? "read" : "write") + " the topic '" + String.join("', '", topics) + "'")
        + command("--topic", topic, reading ? "Read" : "Write");
  }

  private String said(AuthorizationException e) {
    return e.getMessage() + "; give '" + user.orElse("ANONYMOUS") + "' the right at the brokers";
  }

  private String said(String what) {
    return "'" + user.orElse("ANONYMOUS") + "' may not " + what;
  }

  private String command(String kind, String name, String... operations) {
    return "; allow it: kafka-acls --add --allow-principal User:"
        + user.orElse("ANONYMOUS")
        + " --operation "
        + String.join(" --operation ", operations)
        + " "
        + kind
        + " "
        + name;
  }
}
