package io.forebay.connectors.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.forebay.Position;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.testkit.CollectingWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Named pipes and serial lines as sources. */
class PipesAndDevicesTest {
  private static final Schema FIELDS = Schema.of(Field.of("id", ColumnType.INT64));
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  /** Keeps ids and reasons, for another thread to look at. */
  private static final class Shared extends CollectingWriter {
    private final List<Object> seen = new CopyOnWriteArrayList<>();

    Shared() {
      super(FIELDS);
    }

    @Override
    public void append(long sequence, long offset) {
      super.append(sequence, offset);
      seen.add(lines().getLast().values().get("id"));
    }

    @Override
    public void reject(long sequence, long offset, String reason, Rejection.Text text) {
      seen.add(reason);
    }
  }

  private static Thread start(FileSource source, Shared out) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            source.run(Sources.context(out, Position.START, Set.of()));
          } catch (InterruptedException e) {
            out.seen.add("interrupted");
          } catch (Exception e) {
            out.seen.add(e);
          }
        });
  }

  @Test
  void reads_one_writer_after_the_other_when_a_named_pipe_is_followed() throws Exception {
    Path pipe = directory.resolve("pipe");
    assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    FileSource source = FileSource.builder(pipe.toString()).fields(FIELDS).follow().build();
    assertThat(source.repeatable()).isFalse();
    Shared out = new Shared();
    Thread thread = start(source, out);
    try {
      Files.writeString(pipe, "{\"id\":1}\n{\"id\":2}");
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(out.seen).containsExactly(1L, 2L));
      Files.writeString(pipe, "{\"id\":3}\n");
      await().atMost(PATIENCE).until(() -> out.seen.size() == 3);
    } finally {
      thread.interrupt();
      thread.join();
      source.close();
    }
    assertThat(out.seen).containsExactly(1L, 2L, 3L, "interrupted");
  }

  @Test
  void reads_lines_when_the_path_is_a_serial_line() throws Exception {
    String script =
        """
        import os, pty, sys
        master, slave = pty.openpty()
        print(os.ttyname(slave), flush=True)
        for line in sys.stdin:
            os.write(master, bytes(line.strip() + '\\r\\n', 'utf-8'))
        """;
    Process python;
    try {
      python = new ProcessBuilder("python3", "-c", script).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeThat(false).as("python3 makes the serial line, and there is none").isTrue();
      return;
    }
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(python.getInputStream(), UTF_8))) {
      String device = said.readLine();
      FileSource source =
          FileSource.builder(device)
              .format(FileFormat.JSONL)
              .fields(FIELDS)
              .baud(115_200)
              .follow()
              .build();
      Shared out = new Shared();
      Thread thread = start(source, out);
      try {
        for (long id = 1; id <= 3; id++) {
          python.getOutputStream().write(("{\"id\":" + id + "}\n").getBytes(UTF_8));
          python.getOutputStream().flush();
          long count = id;
          await().atMost(PATIENCE).until(() -> out.seen.size() == count);
        }
        python.getOutputStream().write("noise\n".getBytes(UTF_8));
        python.getOutputStream().flush();
        await().atMost(PATIENCE).until(() -> out.seen.size() == 4);
      } finally {
        thread.interrupt();
        thread.join();
        source.close();
      }
      assertThat(out.seen)
          .containsExactly(
              1L, 2L, 3L, "expected an object, found noise at column 1", "interrupted");
    } finally {
      python.destroyForcibly();
      python.waitFor();
    }
  }
}
