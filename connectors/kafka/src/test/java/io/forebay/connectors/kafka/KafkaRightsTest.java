package io.forebay.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.RetryableException;
import io.forebay.formats.api.MessageFormat;
import io.forebay.servers.KafkaBroker;
import io.forebay.servers.KafkaSecurity;
import io.forebay.testkit.Batches;
import io.forebay.testkit.LiveSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users who may not do everything, at a real broker that asks. */
class KafkaRightsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Schema IDS = Schema.of(Field.of("id", ColumnType.INT64));
  private static final String PASSWORD = "secret";
  private static final String PROGRESS = KafkaSinkSettings.PROGRESS_TOPIC;

  @TempDir static Path folder;
  private static KafkaSecurity security;
  private static KafkaBroker broker;

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> users = Map.of("guest", PASSWORD, "stranger", PASSWORD);
    security = KafkaSecurity.make(folder, users, users.keySet());
    broker = new KafkaBroker(folder.resolve("broker"), security);
    broker.create(PROGRESS, 1);
    broker.allow("guest", ResourceType.TOPIC, PROGRESS, AclOperation.READ, AclOperation.WRITE);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static void create(String topic, AclOperation... forGuest) throws Exception {
    broker.create(topic, 1);
    broker.send(topic, 0, List.of("{\"id\":1}"));
    broker.allow("guest", ResourceType.TOPIC, topic, forGuest);
  }

  private static KafkaServers servers(String user) {
    return new KafkaServers(
        broker.secureAddress(),
        Optional.of(user),
        Optional.of(PASSWORD),
        "PLAIN",
        true,
        Optional.of(security.certificate().toString()));
  }

  private static KafkaSource source(String topic, boolean stopAtEnd) {
    return KafkaSource.of(
        new KafkaSourceSettings(
            servers("guest"),
            List.of(topic),
            topic + "-group",
            MessageFormat.JSON,
            IDS,
            MessageFields.NONE,
            true,
            stopAtEnd));
  }

  /** How the source ends, which it has to do by itself. */
  private static String end(KafkaSource source) throws IOException {
    try (LiveSource live = LiveSource.start(source)) {
      Awaitility.await().atMost(PATIENCE).until(() -> live.end().isDone());
      Throwable end = catchThrowable(() -> live.end().join());
      assertThat(end).isInstanceOf(CompletionException.class);
      assertThat(end.getCause()).isInstanceOf(IOException.class);
      return String.valueOf(end.getCause().getMessage());
    }
  }

  /** How writing a record ends. */
  private static Throwable write(String user, String topic) {
    KafkaSinkSettings settings =
        new KafkaSinkSettings(servers(user), topic, Optional.empty(), true, topic + "-id");
    return catchThrowable(() -> {
      try (KafkaSink sink = KafkaSink.to(settings)) {
        sink.recover();
        sink.open(new SinkContext("test", IDS, List.of("source"), false));
        sink.write(Batches.of(IDS, List.of(Batches.row(1L))));
        sink.commit(new Progress("test", new Frontier(Map.of("source", new Position(1, 1))), true));
      }
    });
  }

  private static String denied(Throwable end) {
    // Another attempt is not made.
    assertThat(end).isInstanceOf(IOException.class).isNotInstanceOf(RetryableException.class);
    return String.valueOf(end.getMessage());
  }

  private static String command(String rights) {
    return "; allow it: kafka-acls --add --allow-principal User:guest " + rights;
  }

  @Test
  void reads_and_writes_when_there_is_each_right_that_is_named_and_no_other() throws Exception {
    create("open", AclOperation.READ, AclOperation.WRITE);
    broker.allow("guest", ResourceType.GROUP, "open-group", AclOperation.READ);
    broker.allow("guest", ResourceType.TRANSACTIONAL_ID, "open-id", AclOperation.WRITE);

    assertThat(write("guest", "open")).isNull();
    try (LiveSource live = LiveSource.start(source("open", false))) {
      Awaitility.await().atMost(PATIENCE).until(() -> live.count() >= 2 || live.end().isDone());
      assertThat(live.count()).isEqualTo(2);
    }
    assertThat(broker.committed("open-group").values())
        .singleElement()
        .satisfies(offset -> assertThat(offset.offset()).isGreaterThanOrEqualTo(2));
  }

  @Test
  void source_ends_and_says_so_when_the_topic_may_not_be_read() throws Exception {
    create("unread", AclOperation.DESCRIBE);
    broker.allow("guest", ResourceType.GROUP, "unread-group", AclOperation.READ);
    String message =
        "'guest' may not read the topic 'unread'" + command("--operation Read --topic unread");

    assertThat(end(source("unread", false))).endsWith(message);
    assertThat(end(source("unread", true))).endsWith(message);
  }

  @Test
  void source_ends_and_says_so_when_it_may_not_be_in_the_group() throws Exception {
    create("lonely", AclOperation.READ);

    assertThat(end(source("lonely", false)))
        .endsWith(
            "'guest' may not be a member of the group 'lonely-group'"
                + command("--operation Read --group lonely-group"));
    try (LiveSource live = LiveSource.start(source("lonely", true))) {
      // Outside of the group.
      Awaitility.await().atMost(PATIENCE).until(() -> live.end().isDone());
      assertThat(live.count()).isEqualTo(1);
    }
  }

  @Test
  void sink_ends_and_says_so_when_the_topic_may_not_be_written() throws Exception {
    create("unwritten", AclOperation.DESCRIBE);
    broker.allow("guest", ResourceType.TRANSACTIONAL_ID, "unwritten-id", AclOperation.WRITE);

    assertThat(denied(write("guest", "unwritten")))
        .endsWith(
            "'guest' may not write the topic 'unwritten'"
                + command("--operation Write --topic unwritten"));
  }

  @Test
  void sink_ends_and_says_so_when_the_transactional_id_may_not_be_used() throws Exception {
    create("anonymous", AclOperation.WRITE);

    assertThat(denied(write("guest", "anonymous")))
        .endsWith(
            "'guest' may not write under the transactional id 'anonymous-id'"
                + command("--operation Write --transactional-id anonymous-id"));
  }

  @Test
  void sink_ends_and_says_so_when_the_progress_may_not_be_kept() throws Exception {
    create("forgetful");

    assertThat(denied(write("stranger", "forgetful")))
        .contains("'stranger' may not read and write the topic '" + PROGRESS + "'")
        .endsWith("--operation Read --operation Write --operation Create --topic " + PROGRESS);
  }
}
