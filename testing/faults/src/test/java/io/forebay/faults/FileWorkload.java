package io.forebay.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * JSON Lines, some of them bad, through {@link KillFunctions.Slow} to JSON Lines: the input, the
 * pipeline file, and what an undisturbed run makes of them.
 */
final class FileWorkload {
  /** About half a second of work on one core. */
  static final int LINES = 30_000;

  private final Path folder;
  private byte[] output = {};
  private byte[] rejected = {};
  private long millis;

  FileWorkload(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    writeInput();
  }

  /** Runs undisturbed, and keeps what that leaves. */
  void runUndisturbed() throws Exception {
    Path place = place("undisturbed", "inline");
    CommandLine forebay = new CommandLine(place);
    long begin = System.nanoTime();
    int exit = forebay.run("run", "pipeline.yaml", "--no-progress");
    millis = (System.nanoTime() - begin) / 1_000_000;
    assertThat(exit).as(forebay.printed()).isZero();
    output = Files.readAllBytes(place.resolve("out.jsonl"));
    rejected = letters(place.resolve("rejected.jsonl"));
    assertThat(lines(output) + lines(rejected)).isEqualTo(LINES);
    assertThat(lines(rejected)).isEqualTo(LINES / 997 + 2 * (LINES / 500));
  }

  /** Records read, delivered, dead-lettered, filtered, dropped and in flight at the end. */
  List<Long> counts() {
    long letters = lines(rejected);
    return List.of((long) LINES, LINES - letters, letters, 0L, 0L, 0L);
  }

  /** How long the undisturbed run took. */
  long millis() {
    return millis;
  }

  /** A new folder with a pipeline file that reads the input and writes into the folder. */
  Path place(String name, String on) throws IOException {
    Path place = Files.createDirectories(folder.resolve(name));
    writePipeline(place, place.toString(), on);
    return place;
  }

  /** Writes the pipeline file into {@code place}; outputs go to {@code target}. */
  void writePipeline(Path place, String target, String on) throws IOException {
    Files.writeString(
        place.resolve("pipeline.yaml"),
        """
        name: kill
        root: %s
        sources:
          - { name: in, type: file, path: %s/in.jsonl, fields: { id: int64, value: float64 } }
        forebay: { slots: 8, slotSize: 256KiB }
        stages:
          - { name: slow, cpu: io.forebay.faults.KillFunctions.Slow, on: %s }
        sinks:
          - { type: jsonl, path: %s/out.jsonl }
        deadLetter: { path: %s/rejected.jsonl }
        """
            .formatted(
                folder.getParent(),
                folder,
                on.equals("inline") ? on : on + ", workers: 2",
                target,
                target));
  }

  /** The outputs in {@code target} are those of the undisturbed run, byte for byte. */
  void assertSameOutputs(Path target, String when) throws IOException {
    assertSame("out.jsonl", Files.readAllBytes(target.resolve("out.jsonl")), output, when);
    assertSame("rejected.jsonl", letters(target.resolve("rejected.jsonl")), rejected, when);
  }

  /**
   * Dead letters without the time at which they were written, which differs from run to run, and
   * without the pipeline's identity, which differs with the folder that its outputs are in.
   */
  private static byte[] letters(Path file) throws IOException {
    String letters = Files.readString(file);
    String timeless =
        letters.replaceAll(",\"rejectedAt\":\"[0-9-]{10}T[0-9:]{8}\\.[0-9]{3}Z\"", "");
    assertThat(letters.length() - timeless.length())
        .isEqualTo(
            ",\"rejectedAt\":\"2026-01-02T03:04:05.678Z\"".length()
                * lines(letters.getBytes(UTF_8)));
    return timeless.replaceAll(",\"identity\":\"[0-9a-f]{32}\"", "").getBytes(UTF_8);
  }

  private static void assertSame(String file, byte[] actual, byte[] expected, String when) {
    int at = java.util.Arrays.mismatch(expected, actual);
    if (at >= 0) {
      throw new AssertionError(
          "%s: %s has %d bytes in %d lines, not %d in %d, and differs from byte %d on: '%s', not '%s'"
              .formatted(
                  when,
                  file,
                  actual.length,
                  lines(actual),
                  expected.length,
                  lines(expected),
                  at,
                  excerpt(actual, at),
                  excerpt(expected, at)));
    }
  }

  private static String excerpt(byte[] bytes, int at) {
    int from = Math.max(0, at - 40);
    return new String(bytes, from, Math.min(bytes.length, at + 80) - from, UTF_8);
  }

  private static int lines(byte[] bytes) {
    int lines = 0;
    for (byte b : bytes) {
      lines += b == '\n' ? 1 : 0;
    }
    return lines;
  }

  private void writeInput() throws IOException {
    try (Writer in = Files.newBufferedWriter(folder.resolve("in.jsonl"))) {
      for (int i = 1; i <= LINES; i++) {
        in.write(
            i % 997 == 0
                ? "{\"id\":" + i + ",\"value\":oops}\n"
                : String.format(
                    Locale.ROOT,
                    "{\"id\":%d,\"value\":%.2f,\"unit\":\"°C\"}\n",
                    i,
                    i * 0.37 % 120));
      }
    }
  }
}
