package io.forebay.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.forebay.Batch;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Source and sink against a real broker that wants TLS and a login. */
class KafkaSecurityTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Schema IDS = Schema.of(Field.of("id", ColumnType.INT64));

  /** With what a login module's configuration has to be protected from. */
  private static final String PASSWORD = "p \"w\\d'; é=\t$";

  @TempDir static Path folder;
  private static Path certificate;
  private static KafkaBroker broker;

  @BeforeAll
  static void start() throws Exception {
    KafkaSecurity security = KafkaSecurity.make(folder, Map.of("plant", PASSWORD), Set.of());
    certificate = security.certificate();
    broker = new KafkaBroker(folder.resolve("broker"), security);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static KafkaServers servers(String mechanism, String password) {
    return servers(broker.secureAddress(), mechanism, password, Optional.of(certificate));
  }

  private static KafkaServers servers(
      String address, String mechanism, String password, Optional<Path> caFile) {
    return new KafkaServers(
        address,
        Optional.of("plant"),
        Optional.of(password),
        mechanism,
        true,
        caFile.map(Path::toString));
  }

  private static KafkaSource source(KafkaServers servers, String topic) {
    return KafkaSource.of(
        new KafkaSourceSettings(
            servers,
            List.of(topic),
            topic + "-group",
            MessageFormat.JSON,
            IDS,
            MessageFields.NONE,
            true,
            false));
  }

  private static KafkaSink sink(KafkaServers servers, String topic) {
    return KafkaSink.to(
        new KafkaSinkSettings(servers, topic, Optional.empty(), true, "test-" + topic));
  }

  private static Batch ids(int rows) {
    return Batches.of(
        IDS,
        LongStream.range(0, rows).<List<@Nullable Object>>mapToObj(id -> Batches.row(id)).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})
  void writes_and_reads_when_brokers_want_tls_and_a_login(String mechanism) throws Exception {
    String topic = "secure-" + mechanism;
    broker.create(topic, 1);
    Progress progress =
        new Progress("test", new Frontier(Map.of("source", new Position(100, 100))), true);

    try (KafkaSink sink = sink(servers(mechanism, PASSWORD), topic)) {
      assertThat(sink.recover()).isEmpty();
      sink.open(new SinkContext("test", IDS, List.of("source"), false));
      sink.write(ids(100));
      sink.commit(progress);
    }

    try (LiveSource live = LiveSource.start(source(servers(mechanism, PASSWORD), topic))) {
      Awaitility.await().atMost(PATIENCE).until(() -> live.count() >= 100 || live.end().isDone());
      assertThat(live.rows().stream().map(row -> row.values().getFirst()).toList())
          .isEqualTo(LongStream.range(0, 100).boxed().toList());
    }
    assertThat(broker.committed(topic + "-group").values())
        .singleElement()
        .satisfies(offset -> assertThat(offset.offset()).isGreaterThanOrEqualTo(100));
    try (KafkaSink again = sink(servers(mechanism, PASSWORD), topic)) {
      assertThat(again.recover()).contains(progress);
    }
  }

  /** How the source ends, which it has to do by itself. */
  private static String sourceEnds(KafkaServers servers) throws IOException {
    try (LiveSource live = LiveSource.start(source(servers, "none"))) {
      Awaitility.await().atMost(PATIENCE).until(() -> live.end().isDone());
      Throwable end = catchThrowable(() -> live.end().join());
      assertThat(end).isInstanceOf(CompletionException.class);
      assertThat(end.getCause()).isInstanceOf(IOException.class);
      return String.valueOf(end.getCause().getMessage());
    }
  }

  /** What the sink says when it is asked what is there; another attempt is not made. */
  private static String sinkEnds(KafkaServers servers) {
    try (KafkaSink sink = sink(servers, "none")) {
      Throwable end = catchThrowable(sink::recover);
      assertThat(end).isInstanceOf(IOException.class).isNotInstanceOf(RetryableException.class);
      return String.valueOf(end.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "SCRAM-SHA-512"})
  void says_that_the_login_is_refused_when_the_password_is_wrong(String mechanism)
      throws IOException {
    KafkaServers servers = servers(mechanism, "wrong-secret");

    assertThat(List.of(sourceEnds(servers), sinkEnds(servers)))
        .allSatisfy(message ->
            assertThat(message)
                .contains(broker.secureAddress())
                .contains("the login of 'plant' with " + mechanism + " is refused")
                .endsWith("; correct user, password or mechanism")
                .doesNotContain("wrong-secret"));
  }

  @Test
  void says_what_to_name_when_the_certificate_is_not_trusted() throws IOException {
    KafkaServers servers =
        servers(broker.secureAddress(), "SCRAM-SHA-512", PASSWORD, Optional.empty());

    assertThat(List.of(sourceEnds(servers), sinkEnds(servers)))
        .allSatisfy(message ->
            assertThat(message)
                .contains("the brokers' certificate is not trusted")
                .endsWith("name the certificate of who signed it as caFile"));
  }

  @Test
  void says_so_when_the_certificate_is_for_another_name() throws IOException {
    String address = broker.secureAddress().replace("127.0.0.1", "localhost");
    KafkaServers servers = servers(address, "SCRAM-SHA-512", PASSWORD, Optional.of(certificate));

    assertThat(List.of(sourceEnds(servers), sinkEnds(servers)))
        .allSatisfy(message ->
            assertThat(message)
                .contains("the brokers' certificate is not valid for them")
                .contains("localhost"));
  }

  @Test
  void says_which_file_when_the_trusted_certificates_cannot_be_read() throws Exception {
    Path missing = folder.resolve("missing.pem");
    Path broken = Files.writeString(folder.resolve("broken.pem"), "no certificate");
    for (Path file : List.of(missing, broken)) {
      KafkaServers servers = servers(broker.secureAddress(), "PLAIN", PASSWORD, Optional.of(file));

      assertThat(List.of(sourceEnds(servers), sinkEnds(servers)))
          .allSatisfy(message ->
              assertThat(message)
                  .contains("the trusted certificates in '" + file + "' cannot be read"));
    }
  }

  @Test
  void shows_that_nobody_answers_when_tls_is_not_switched_on() throws Exception {
    KafkaServers servers = KafkaServers.plain(broker.secureAddress());
    try (LiveSource live = LiveSource.start(source(servers, "none"))) {
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(live.state())
                  .startsWith("DISCONNECTED: no broker of " + broker.secureAddress())
                  .contains("TLS"));
    }
  }

  @Test
  void shows_no_password_when_settings_are_printed() {
    KafkaServers servers = servers("PLAIN", PASSWORD);

    assertThat(servers + " " + new KafkaSinkSettings(servers, "t", Optional.empty(), true, "id"))
        .doesNotContain(PASSWORD);
  }
}
