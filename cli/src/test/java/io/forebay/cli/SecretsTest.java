package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets of the pipeline file are printed nowhere. */
final class SecretsTest {
  private static final String CANARY = "canary-7/f3a9+c1 d4é";

  /** What is found of it in whatever form that does not encode each character. */
  private static final List<String> TRACES =
      List.of("canary-7", "f3a9", "Y2FuYXJ5", "NhbmFyeS", "jYW5hcnk");

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("secret"), CANARY + "\n");
    Files.writeString(folder.resolve("site"), "northern-hall\n");
    Files.writeString(
        folder.resolve("in.jsonl"), "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n{\"id\":4}\n");
    Files.writeString(
        folder.resolve("log.properties"),
        """
        handlers=java.util.logging.FileHandler,java.util.logging.ConsoleHandler
        java.util.logging.FileHandler.pattern=engine.log
        java.util.logging.FileHandler.formatter=java.util.logging.SimpleFormatter
        """);
    // A worker of its own: prints in pieces, looks for the secret in what others see of processes.
    Files.writeString(
        folder.resolve("talk.py"),
        """
        import base64, json, os, sys, urllib.parse

        def seen(password):
            for pid in (os.getpid(), os.getppid()):
                with open(f"/proc/{pid}/cmdline", "rb") as line:
                    if password.encode() in line.read():
                        return True
            return password in "".join(os.environ.values())

        def talk(records, password):
            print("print", password, repr(password), json.dumps(password), password.encode())
            print("form", urllib.parse.quote(password), urllib.parse.quote_plus(password))
            print("basic", base64.b64encode(("user:" + password).encode()).decode())
            sys.stdout.write("piece " + password[:6])
            sys.stdout.flush()
            sys.stdout.write(password[6:] + "\\n")
            for record in records:
                if record["id"] == 4:
                    raise ValueError("refused " + password)
                record["seen"] = seen(password)
            return records
        """);
    Files.writeString(
        folder.resolve("plant.yaml"),
        """
        name: plant
        sources:
          - { name: "in-${file:site}", type: file, path: in.jsonl, fields: { id: int64 } }
        stages:
          - { name: leak, cpu: io.forebay.cli.Leaking, on: inline,
              parameters: { password: "${file:secret}" } }
          - { name: talk, cpu: "python:talk.talk", workers: 1, batch: 1,
              parameters: { password: "${file:secret}" }, outputs: { seen: bool } }
        sinks:
          - { type: jsonl, path: "out-${file:site}/x.jsonl" }
        deadLetter: { path: rejected.jsonl }
        """);
  }

  private static void assertHidden(String what, String text) {
    assertThat(text).as(what).doesNotContain(TRACES).contains("***");
  }

  @Test
  void prints_stars_whoever_prints_a_secret_and_wherever() throws Exception {
    Forebay.Result result =
        Forebay.run(
            folder,
            Map.of("JDK_JAVA_OPTIONS", "-Djava.util.logging.config.file=log.properties"),
            "run",
            "plant.yaml",
            "--verbose",
            "--summary",
            "summary.json");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertHidden("standard output", result.out());
    assertHidden("standard error", result.err());
    assertThat(result.out()).contains("out ***", "split ***", "in-northern-hall");
    assertThat(result.err())
        .contains("err ***", "bytes ***", "logged ***", "by a library ***")
        .contains("print *** '***' \"***\"", "form *** ***", "piece ***");
    assertHidden("log file", Files.readString(folder.resolve("engine.log")));
    String letters = Files.readString(folder.resolve("rejected.jsonl"));
    assertHidden("dead letters", letters);
    assertThat(letters).contains("password=***", "because of ***", "refused ***").hasLineCount(2);
    assertThat(Files.readAllLines(folder.resolve("out-northern-hall/x.jsonl")))
        .hasSize(2)
        .allMatch(line -> line.contains("\"seen\":false"));
    assertThat(Files.readString(folder.resolve("summary.json"))).doesNotContain(TRACES);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".progress")).toList()) {
        assertThat(Files.readString(file)).doesNotContain(TRACES);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void prints_stars_in_every_format_of_the_log(String format) throws Exception {
    Forebay.Result result =
        Forebay.run(folder, "run", "plant.yaml", "--verbose", "--log-format", format);

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertHidden("standard error", result.err());
    assertThat(result.err())
        .contains("err ***", "bytes ***", "logged ***", "by a library ***")
        .contains("form *** ***", "piece ***");
  }

  @Test
  void prints_stars_and_readable_paths_when_the_run_fails() throws Exception {
    // The module ends each worker with a sentence.
    Files.writeString(folder.resolve("secret"), "100000-2-hunter");
    Files.writeString(
        folder.resolve("talk.py"),
        "def talk(records, password):\n    raise SystemExit('no login with ' + password)\n");
    Files.writeString(folder.resolve("out-northern-hall"), "a file in place of the folder");

    Forebay.Result result =
        Forebay.run(folder, "run", "plant.yaml", "--verbose", "--summary", "summary.json");

    assertThat(result.exitCode()).as(result.err()).isIn(1, 2);
    assertThat(result.out() + result.err()).doesNotContain("hunter").contains("northern-hall");
  }

  @Test
  void prints_stars_in_what_refuses_the_function() throws Exception {
    Files.writeString(
        folder.resolve("talk.py"), "raise RuntimeError('at ' + open('secret').read())\n");

    Forebay.Result result = Forebay.run(folder, "validate", "plant.yaml");

    assertThat(result.exitCode()).isEqualTo(2);
    assertHidden("standard error", result.err());
  }
}
