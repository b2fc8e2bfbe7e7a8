package io.forebay.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.SinkContext;
import io.forebay.testkit.Batches;
import io.forebay.testkit.ForgetfulDisk;
import io.forebay.testkit.ForgetfulDisk.Crash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the run and cuts the power at every moment of a run, and of the run that goes on. */
class PowerCutTest {
  private static final int COMMITS = 4;

  @TempDir Path directory;

  /** What the run has said is durable, and what it was making durable. */
  private int committed;

  private int crashes;
  private ForgetfulDisk disk;

  private static Batch batch(int commit) {
    return Batches.of("value", commit, commit + 0.5);
  }

  private static String data(int commits) {
    StringBuilder data = new StringBuilder();
    for (int i = 1; i <= commits; i++) {
      data.append("{\"value\":").append(i).append(".0}\n");
      data.append("{\"value\":").append(i).append(".5}\n");
    }
    return data.toString();
  }

  private static Progress progress(int commit) {
    Frontier frontier = new Frontier(Map.of("s", new Position(2L * commit, 20L * commit)));
    return new Progress("p", frontier, commit == COMMITS);
  }

  private static SinkContext context(boolean resume) {
    return new SinkContext("p", batch(1).schema(), List.of("s"), resume);
  }

  @Test
  void keeps_the_old_or_the_new_progress_with_its_data_when_the_power_is_cut() throws IOException {
    Path out = Files.createDirectory(directory.resolve("run")).resolve("out.jsonl");
    disk = new ForgetfulDisk(this::crash);
    try (JsonlSink sink = new JsonlSink(OutputFile.of(out, OutputFile.Access.AS_USUAL, disk))) {
      sink.open(context(false));
      for (int commit = 1; commit <= COMMITS; commit++) {
        sink.write(batch(commit));
        sink.commit(progress(commit));
        committed = commit;
        crash();
      }
    }
    assertThat(Files.readString(out)).isEqualTo(data(COMMITS));
    assertThat(crashes).isGreaterThan(100);
  }

  private void crash() {
    try {
      for (Crash crash : Crash.values()) {
        Path left = Files.createDirectory(directory.resolve("crash-" + crashes++));
        disk.leave(crash, left);
        checkAndGoOn(left.resolve("out.jsonl"), crash + " behind commit " + committed);
        try (Stream<Path> files = Files.list(left)) {
          for (Path file : files.toList()) {
            Files.delete(file);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void checkAndGoOn(Path out, String when) throws IOException {
    int from;
    // Without fsync: this run is not cut off.
    ForgetfulDisk fast = new ForgetfulDisk(() -> {});
    try (JsonlSink sink = new JsonlSink(OutputFile.of(out, OutputFile.Access.AS_USUAL, fast))) {
      Optional<Progress> recovered = sink.recover();
      List<Optional<Progress>> allowed = new ArrayList<>();
      allowed.add(committed == 0 ? Optional.empty() : Optional.of(progress(committed)));
      allowed.add(Optional.of(progress(committed + 1)));
      assertThat(allowed).as(when).contains(recovered);
      from = recovered.equals(allowed.get(0)) ? committed : committed + 1;
      sink.open(context(recovered.isPresent()));
      assertThat(Files.readString(out)).as(when).isEqualTo(data(from));
      for (int commit = from + 1; commit <= COMMITS; commit++) {
        sink.write(batch(commit));
        sink.commit(progress(commit));
      }
    }
    assertThat(Files.readString(out)).as(when).isEqualTo(data(COMMITS));
  }
}
