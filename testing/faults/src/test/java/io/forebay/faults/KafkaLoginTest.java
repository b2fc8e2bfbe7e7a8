package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.servers.KafkaBroker;
import io.forebay.servers.KafkaSecurity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command, and a real broker that wants TLS, a login, and rights. */
class KafkaLoginTest {
  private static final String PASSWORD = "p \"w\\d'; é=$#: {x}";

  @TempDir static Path folder;
  private static KafkaSecurity security;
  private static KafkaBroker broker;

  @BeforeAll
  static void start() throws Exception {
    security =
        KafkaSecurity.make(folder, Map.of("plant", PASSWORD, "guest", PASSWORD), Set.of("guest"));
    broker = new KafkaBroker(folder.resolve("broker"), security);
    broker.create("in", 1);
    broker.create("out", 1);
    broker.send("in", 0, List.of("{\"id\":1}", "{\"id\":2}", "{\"id\":3}"));
    // Everything but to read the topic.
    broker.create("forebay-progress", 1);
    broker.allow("guest", ResourceType.TOPIC, "in", AclOperation.DESCRIBE);
    broker.allow("guest", ResourceType.TOPIC, "out", AclOperation.WRITE);
    broker.allow(
        "guest", ResourceType.TOPIC, "forebay-progress", AclOperation.READ, AclOperation.WRITE);
    broker.allow("guest", ResourceType.TRANSACTIONAL_ID, "forebay-login-out", AclOperation.WRITE);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private record Ended(int exit, String printed) {}

  private static Ended run(String user, String password) throws IOException, InterruptedException {
    Path place = Files.createTempDirectory(folder, user);
    Files.writeString(
        place.resolve("plant.yaml"),
        """
        name: login
        sources:
          - name: in
            type: kafka
            brokers: "%1$s"
            topics: [in]
            group: login
            stopAtEnd: true
            fields: { id: int64 }
            tls: true
            caFile: %2$s
            user: %3$s
            password: ${env:KAFKA_PASSWORD}
        sinks:
          - name: out
            type: kafka
            brokers: "%1$s"
            topic: out
            tls: true
            caFile: %2$s
            user: %3$s
            password: ${env:KAFKA_PASSWORD}
            mechanism: PLAIN
        """
            .formatted(broker.secureAddress(), security.certificate(), user));
    CommandLine forebay = new CommandLine(place, Map.of("KAFKA_PASSWORD", password));
    int exit = forebay.run("run", "plant.yaml", "--no-progress");
    return new Ended(exit, forebay.printed());
  }

  @Test
  void records_go_from_topic_to_topic_when_the_password_is_in_the_environment() throws Exception {
    Ended ended = run("plant", PASSWORD);

    assertThat(ended.exit()).as(ended.printed()).isZero();
    assertThat(Ids.of(broker.values("out"))).containsExactly(1L, 2L, 3L);
    assertThat(ended.printed()).doesNotContain(PASSWORD);
  }

  @Test
  void run_does_not_start_and_says_so_when_the_password_is_wrong() throws Exception {
    Ended ended = run("plant", "wrong-secret");

    assertThat(ended.exit()).as(ended.printed()).isEqualTo(2);
    assertThat(ended.printed())
        .contains("the login of 'plant' with PLAIN is refused")
        .contains("correct user, password or mechanism")
        .doesNotContain("wrong-secret");
  }

  @Test
  void run_fails_and_says_which_right_is_missing() throws Exception {
    Ended ended = run("guest", PASSWORD);

    assertThat(ended.exit()).as(ended.printed()).isEqualTo(1);
    assertThat(ended.printed())
        .contains("'guest' may not read the topic 'in'; allow it: kafka-acls --add")
        .doesNotContain(PASSWORD);
  }
}
