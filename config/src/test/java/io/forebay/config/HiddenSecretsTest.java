package io.forebay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.forebay.config.model.InvalidPipelineFileException;
import io.forebay.config.model.PipelineConfig;
import io.forebay.config.secrets.Secrets;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a pipeline file is hidden, in which forms, and what stays readable. */
final class HiddenSecretsTest {
  @TempDir private Path workingDirectory;

  private static Secrets of(String... values) {
    Secrets secrets = new Secrets();
    for (String value : values) {
      secrets.add(value);
    }
    return secrets;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter2-is-long",
        "pä\"ss\\w/o'rd+&=~*1",
        "with space\tand tab",
        "abcd",
        "two\nlines-of-it",
        "\uD83D\uDD11-key-of-the-house"
      })
  void hides_a_secret_in_every_form_that_it_is_written_in(String secret) {
    Secrets secrets = of(secret);
    byte[] utf8 = secret.getBytes(StandardCharsets.UTF_8);
    String url = URLEncoder.encode(secret, StandardCharsets.UTF_8);
    for (String form :
        List.of(
            secret,
            url,
            url.replace("+", "%20"),
            HexFormat.of().formatHex(utf8),
            new String(utf8, StandardCharsets.ISO_8859_1))) {
      assertThat(secrets.hide("before " + form + " behind")).isEqualTo("before *** behind");
    }
    String json = io.forebay.observe.Json.write(secret).strip();
    assertThat(secrets.hide(json)).isEqualTo("\"***\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"u", "us", "use", "user", "user\u00e4"})
  void hides_a_secret_in_basic_authentication_whoever_the_user_is(String user) {
    String secret = "s3cret>>?-of-mine";
    byte[] login = (user + ":" + secret).getBytes(StandardCharsets.UTF_8);
    for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
      String hidden = of(secret).hide("Basic " + encoder.encodeToString(login) + " sent");

      assertThat(hidden).contains("***").startsWith("Basic ").endsWith(" sent");
      // What is left are the user and bits of one character.
      assertThat(hidden.replace("Basic ", "").replace(" sent", "").replace("***", ""))
          .hasSizeLessThanOrEqualTo((user.length() + 3) * 8 / 6 + 4);
    }
  }

  @Test
  void hides_the_larger_part_of_a_secret_that_was_cut_or_split() {
    String secret = "eyJhbGciOi-a-token-of-forty-characters-x";
    Secrets secrets = of(secret);
    for (int cut = 0; cut <= secret.length(); cut++) {
      String head = secrets.hide("of " + secret.substring(0, cut) + "…");
      String tail = secrets.hide("[worker] " + secret.substring(cut));
      assertThat(head.contains("***") || tail.contains("***")).as(head + tail).isTrue();
      assertThat(head.length() + tail.length()).isLessThan("of [worker] ***…".length() + 20);
    }
  }

  @Test
  void hides_the_lines_of_a_key_alone() {
    String key =
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\nc2hvcnQgbGFzdA==\n-----END";
    Secrets secrets = of(key);

    assertThat(secrets.hide("MIIEvQIBADANBgkqhkiG9w0BAQ")).isEqualTo("***");
    assertThat(secrets.hide("[w] c2hvcnQgbGFzdA==")).isEqualTo("[w] ***");
    assertThat(secrets.hide("-----BEGIN PRIVATE KEY-----")).doesNotContain("***");
  }

  @Test
  void leaves_other_texts_as_they_are() {
    Secrets secrets = of("hunter2-is-long", "x".repeat(60_000));
    String text = "hunter 2-is-long, hunter2, is-long and " + "x".repeat(20);

    assertThat(secrets.hide(text)).isSameAs(text);
  }

  @Test
  void says_how_much_of_a_text_may_be_the_beginning_of_a_secret() {
    Secrets secrets = of("abcabca");

    assertThat(secrets.begun("x")).isZero();
    assertThat(secrets.begun("xab")).isEqualTo(2);
    assertThat(secrets.begun("abcabc")).isEqualTo(6);
    assertThat(secrets.begun("abcabca")).as("all of it is there").isZero();
  }

  private PipelineConfig parse(String text, Map<String, String> environment) {
    return PipelineFile.parse("plant.yaml", text, List.of(), environment::get, workingDirectory);
  }

  @Test
  void hides_declared_secrets_and_parameters_and_not_names_and_paths() {
    PipelineConfig config =
        parse(
            """
            name: plant
            sources:
              - { name: "in-${env:SITE}", type: http, token: "Bearer ${env:TOKEN}" }
            stages:
              - { name: f, cpu: python:f.f, parameters:
                  { password: "${env:PASSWORD}", fast: "${env:FAST}", port: "${env:PORT}" } }
            sinks:
              - { type: jsonl, path: "out-${env:SITE}/x.jsonl" }
            """,
            Map.of(
                "SITE", "northern-hall",
                "TOKEN", "s3cret-token",
                "PASSWORD", "hunter2",
                "FAST", "true",
                "PORT", "5432"));
    Secrets secrets = config.attached().secrets();

    assertThat(secrets.hide("s3cret-token hunter2 northern-hall true 5432"))
        .isEqualTo("*** *** northern-hall true 5432");
    assertThat(config.sources().getFirst().name()).isEqualTo("in-northern-hall");
    assertThat(config.toString()).doesNotContain("s3cret");
  }

  @Test
  void says_that_a_secret_is_too_short_to_be_hidden() {
    PipelineConfig config =
        parse(
            """
            name: plant
            sources: [{ name: in, type: http, token: "${env:T}" }]
            sinks: [{ type: jsonl, path: x.jsonl }]
            """,
            Map.of("T", "abc"));

    assertThat(config.attached().notices())
        .containsExactly(
            "sources[0].token has fewer than 4 characters: it is too short to be hidden in what is"
                + " printed.");
    assertThat(config.attached().secrets().hide("abc")).isEqualTo("abc");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sources.in.token=literal-pa55",
        "sources.in.broker=mqtt://user:literal-pa55@host",
        "sinks.0.url=http://literal-pa55@host:1",
        "name=${env:T}"
      })
  void hides_what_should_not_stand_there_in_the_sentence_that_refuses_it(String override) {
    InvalidPipelineFileException refused =
        catchThrowableOfType(
            InvalidPipelineFileException.class,
            () ->
                PipelineFile.parse(
                    "plant.yaml",
                    """
                    name: plant
                    sources:
                      - { name: in, type: mqtt, topics: [a], qos: 9, broker: mqtt://h,
                          password: "${env:T}" }
                    sinks: [{ type: influxdb, url: http://h, bucket: b, batch: 0 }]
                    """,
                    List.of(override),
                    Map.of("T", "literal-pa55")::get,
                    workingDirectory));

    assertThat(refused.problems()).isNotEmpty();
    assertThat(refused).message().doesNotContain("pa55");
  }

  @Test
  void takes_the_text_of_the_file_where_the_variable_is_not_set_or_empty() {
    String yaml =
        """
        name: plant
        sources: [{ name: a, type: simulated, records: "${env:N:-3}" }]
        sinks: [{ type: jsonl, path: "out/${env:SITE:-hall:-a}.jsonl" }]
        """;
    assertThat(parse(yaml, Map.of("SITE", "")).sinks().getFirst().file())
        .contains("out/hall:-a.jsonl");
    assertThat(parse(yaml, Map.of("SITE", "b")).sinks().getFirst().file()).contains("out/b.jsonl");
  }

  @Test
  void refuses_a_secret_that_stands_in_the_file_as_the_text_without_a_variable() {
    assertThatThrownBy(() ->
            parse(
                """
                name: plant
                sources: [{ name: in, type: http, token: "${env:T:-literal}" }]
                sinks: [{ type: jsonl, path: out.jsonl }]
                """,
                Map.of()))
        .hasMessageContaining("token");
  }
}
