package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A disk that runs full ends the run with the reason; with room again, the same command goes on.
 * Needs the right to mount a tmpfs, and is skipped without it.
 */
@EnabledOnOs(OS.LINUX)
class FullDiskTest {
  @TempDir static Path folder;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int BODY_RECORDS = 200;

  private static FileWorkload workload;

  @BeforeAll
  static void runUndisturbed() throws Exception {
    workload = new FileWorkload(folder.resolve("workload"));
    workload.runUndisturbed();
  }

  private SmallDisk disk;

  @BeforeEach
  void mount() throws Exception {
    disk = SmallDisk.mount(folder.resolve("disk"), "2m");
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      disk.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 600, 2048})
  void goes_on_when_there_is_room_again(int kibibytes) throws Exception {
    Path place = workload.place("full-" + kibibytes, "threads");
    workload.writePipeline(place, disk.path().toString(), "threads");
    CommandLine forebay = new CommandLine(place);
    disk.resize(kibibytes + "k");

    int exit = forebay.run("run", "pipeline.yaml", "--no-progress");

    assertThat(exit).as(forebay.printed()).isEqualTo(1);
    assertThat(forebay.printed())
        .contains("No space left on device", "free space there and run again");
    assertThat(forebay.run("run", "pipeline.yaml", "--no-progress"))
        .as("still full: %s", forebay.printed())
        .isEqualTo(1);

    disk.resize("64m");
    assertThat(forebay.run("run", "pipeline.yaml", "--no-progress")).as(forebay.printed()).isZero();
    workload.assertSameOutputs(disk.path(), "after a full disk of " + kibibytes + " KiB");
  }

  /** With a spool, the senders wait: nothing is answered that is not on the disk, nothing ends. */
  @Test
  void senders_wait_when_the_disk_of_a_spool_is_full_and_go_on_when_there_is_room()
      throws Exception {
    int port = CommandLine.freePort();
    Path place = Files.createDirectories(folder.resolve("spooled"));
    Files.writeString(
        place.resolve("pipeline.yaml"),
        """
        name: spooled
        root: %s
        sources:
          - name: http
            type: http
            listen: "127.0.0.1:%d"
            fields: { id: int64, value: float64 }
            spool: { path: %s, size: 1GiB }
        stages:
          - { name: features, cpu: io.forebay.functions.LectureFeatures, on: inline }
        sinks:
          - { type: jsonl, path: out.jsonl }
        deadLetter: { path: rejected.jsonl }
        """
            .formatted(folder, port, disk.path().resolve("spool")));
    CommandLine forebay = new CommandLine(place);
    Process engine = forebay.start("run", "pipeline.yaml");
    AtomicInteger answered = new AtomicInteger();
    AtomicBoolean stopping = new AtomicBoolean();
    Thread sender =
        Thread.ofVirtual()
            .start(
                new RepeatingSender(
                    port,
                    0,
                    BODY_RECORDS,
                    stopping::get,
                    id -> answered.incrementAndGet(),
                    () -> {}));
    try {
      await().atMost(PATIENCE).until(() -> answered.get() > 0 || !engine.isAlive());
      await().atMost(PATIENCE).until(() -> disk.isFull() || !engine.isAlive());
      int full = answered.get();
      // It tries again each second, fails each time, and says so in the next line of progress.
      await()
          .atMost(PATIENCE)
          .until(() ->
              forebay.printed().toLowerCase(Locale.ROOT).contains("no space left")
                  || !engine.isAlive());
      assertThat(engine.isAlive()).as(forebay.printed()).isTrue();
      assertThat(answered.get()).isLessThan(full + 10 * BODY_RECORDS);

      disk.resize("64m");
      int more = answered.get() + 100 * BODY_RECORDS;
      await().atMost(PATIENCE).until(() -> answered.get() > more || !engine.isAlive());
      stopping.set(true);
      sender.join();
      engine.destroy();
      assertThat(engine.waitFor()).as(forebay.printed()).isEqualTo(143);
    } finally {
      stopping.set(true);
      engine.destroyForcibly().waitFor();
      sender.join();
    }
    // A request that got no answer in time is sent again, and may be there twice.
    List<Long> ids = Ids.in(place.resolve("out.jsonl")).stream().distinct().toList();
    assertThat(ids).hasSizeBetween(answered.get(), answered.get() + BODY_RECORDS);
    assertThat(ids).containsExactlyElementsOf(LongStream.range(0, ids.size()).boxed().toList());
    assertThat(place.resolve("rejected.jsonl")).isEmptyFile();
  }
}
