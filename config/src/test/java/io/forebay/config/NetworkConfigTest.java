package io.forebay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.config.internal.rules.SourcesTogether;
import io.forebay.config.model.InvalidPipelineFileException;
import io.forebay.config.model.PipelineConfig;
import io.forebay.config.secrets.Secret;
import io.forebay.config.sinks.InfluxDbSinkConfig;
import io.forebay.config.sources.HttpSourceConfig;
import io.forebay.config.sources.TcpSourceConfig;
import io.forebay.config.sources.UdpSourceConfig;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.MessageFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NetworkConfigTest {
  @TempDir private static Path workingDirectory;

  private static PipelineConfig parse(String source, String sink) {
    String text =
        """
        name: plant
        sources: [{ name: in, %s }]
        sinks: [{ %s }]
        """
            .formatted(source, sink);
    return PipelineFile.parse(
        "plant.yaml", text, List.of(), Map.of("TOKEN", "s3cret-token")::get, workingDirectory);
  }

  private static final String TO_FILE = "type: jsonl, path: out.jsonl";

  @Test
  void reads_sources_that_listen() throws Exception {
    for (String pem : List.of("c.pem", "k.pem")) {
      Files.writeString(workingDirectory.resolve(pem), "");
    }
    HttpSourceConfig http =
        (HttpSourceConfig)
            parse(
                    "type: http, listen: '0.0.0.0:80', token: '${env:TOKEN}',"
                        + " tls: { certificate: c.pem, key: k.pem }, answerWithin: 2s",
                    TO_FILE)
                .sources()
                .getFirst();
    assertThat(http.listen()).isEqualTo("0.0.0.0:80");
    assertThat(http.token()).contains(new Secret("s3cret-token"));
    assertThat(http.path()).isEqualTo("/ingest");
    assertThat(http.connections()).isEqualTo(256);
    assertThat(http.toString()).doesNotContain("s3cret");
    TcpSourceConfig tcp =
        (TcpSourceConfig)
            parse("type: tcp, listen: '9000', format: line-protocol, line: 2MiB", TO_FILE)
                .sources()
                .getFirst();
    assertThat(tcp.format()).isEqualTo(MessageFormat.LINE_PROTOCOL);
    assertThat(tcp.source().schema().has("sensorId")).isTrue();
    UdpSourceConfig udp =
        (UdpSourceConfig)
            parse("type: udp, listen: '9000', fields: { a: int32 }", TO_FILE).sources().getFirst();
    assertThat(udp.source().schema().field(0).name()).isEqualTo("a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "type: http, listen: '0.0.0.0:80'|without TLS and a token",
        "type: tcp, listen: '0.0.0.0:80'|without TLS and a token",
        "type: udp, listen: '0.0.0.0:80'|neither TLS nor tokens",
        "type: tcp, listen: nowhere|not an address to listen on",
        "type: tcp, listen: '9000', line: 1B|leave no room for a line",
        "type: http, path: ingest|begin it with a slash",
        "type: http, token: '${env:TOKEN}', listen: '0.0.0.0:80'|without TLS:",
        "type: http, fields: { timestamp: bool }|cannot be bool",
      })
  void refuses_sources_before_anything_listens(String source, String sentence) {
    PipelineConfig config = parse(source, TO_FILE);
    assertThatThrownBy(() -> Pipelines.build(config))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ name: a, type: http, listen: '9001' }, { name: b, type: tcp, listen: '9001' }|listen",
        "{ name: a, type: udp, listen: '9001' }, { name: b, type: udp, listen: 'localhost:9001'"
            + " }|listen",
        "{ name: a, type: tcp, listen: '0.0.0.0:9001' }, { name: b, type: tcp, listen: '9001'"
            + " }|listen",
        "{ name: a, type: tcp, listen: '9001', header: absent }|header",
        "{ name: a, type: mqtt, broker: 'mqtt://x', topics: [t], header: present }|header",
        "{ name: a, type: file, path: x.csv, header: absent }|header",
        "{ name: a, type: file, path: x.jsonl, header: present }|header",
      })
  void refuses_sources_that_cannot_be_as_they_are_said(String sources, String key) {
    assertThatThrownBy(() -> parseAll(sources))
        .isInstanceOf(InvalidPipelineFileException.class)
        .hasMessageContaining("]." + key);
  }

  @Test
  void takes_sources_when_each_has_an_address_of_its_own() {
    parseAll("{ name: a, type: tcp, listen: '9001' }, { name: b, type: udp, listen: '9001' }");
    parseAll("{ name: a, type: tcp, listen: '0' }, { name: b, type: tcp, listen: '0' }");
    parseAll("{ name: a, type: http, header: present }");
  }

  private static PipelineConfig parseAll(String sources) {
    return PipelineFile.parse(
        "plant.yaml",
        "name: plant\nsources: [" + sources + "]\nsinks: [{ " + TO_FILE + " }]\n",
        List.of(),
        Map.of("TOKEN", "s3cret-token")::get,
        workingDirectory);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ name: a, type: file, path: x.csv, fields: { v: int32 } }, { name: b, type: file, path:"
            + " ./x.csv, fields: { v: int32 } }|read the same file './x.csv': each line",
        "{ name: a, type: mqtt, broker: 'mqtt://x', topics: ['t/#'] }, { name: b, type: mqtt,"
            + " broker: 'mqtt://x', topics: ['t/{u}'] }|have messages of 't/#' and 't/{u}' in"
            + " common: each of these messages",
        "{ name: a, type: kafka, brokers: 'x:1', topics: [t, u], group: g }, { name: b, type:"
            + " kafka, brokers: 'x:1', topics: [u], group: h }|read the topic 'u': each message",
        "{ name: a, type: kafka, brokers: 'x:1', topics: [t], group: g }, { name: b, type: kafka,"
            + " brokers: 'x:1', topics: [t], group: g }|",
      })
  void says_what_two_sources_have_in_common(String sources, String said) {
    List<String> notices =
        new SourcesTogether(parseAll(sources).sources(), workingDirectory).notices();
    if (said == null) {
      assertThat(notices).isEmpty();
    } else {
      assertThat(notices)
          .containsExactly("The sources 'a' and 'b' " + said + " is a record of both");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "url: 'http://x:1'|needs bucket",
        "url: 'http://x:1', org: o|needs bucket",
        "url: 'http://x:1', bucket: b, database: d|keep one of both",
        "url: 'http://x:1', bucket: b, user: u|needs bucket",
        "url: 'x:1', bucket: b|not the address of a server",
        "url: 'h ttp', bucket: b|not the address of a server",
      })
  void refuses_sinks_that_lead_nowhere(String sink, String sentence) {
    PipelineConfig config = parse("type: simulated, records: 1", "type: influxdb, " + sink);
    assertThatThrownBy(() -> Pipelines.build(config))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void names_a_sink_after_its_bucket_and_keeps_its_token_to_itself() {
    InfluxDbSinkConfig sink =
        (InfluxDbSinkConfig)
            parse(
                    "type: simulated, records: 1",
                    "type: influxdb, url: 'http://x:1', org: o, bucket: plant,"
                        + " token: '${env:TOKEN}'")
                .sinks()
                .getFirst();
    assertThat(sink.label()).isEqualTo("plant");
    assertThat(sink.toString()).doesNotContain("s3cret");
  }
}
