package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class FlightRecorderTest {
  private static final List<String> KINDS =
      List.of("Batch", "BatchSize", "Commit", "Backpressure", "WorkerStart", "WorkerEnd");

  @TempDir private Path folder;

  @Test
  void tells_of_batches_commits_waits_and_workers_while_somebody_records() throws Exception {
    PipelineResult result;
    Path file = folder.resolve("run.jfr");
    try (Recording recording = new Recording()) {
      KINDS.forEach(kind -> recording.enable("forebay." + kind).withoutThreshold());
      recording.start();
      result =
          Pipeline.builder("recorded")
              .source("numbers", new TestSource(6_000))
              .forebay(4, 1 << 12)
              .stage(Stage.cpu("deadly", PipelineProcessesTest.Deadly.class).workers(1))
              .sink("out", new RecordingSink())
              .deadLetters(new RecordingDeadLetters())
              .build()
              .run();
      recording.dump(file);
    }

    assertThat(result).isInstanceOf(PipelineResult.Completed.class);
    Map<String, List<RecordedEvent>> events =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().startsWith("forebay."))
            .collect(Collectors.groupingBy(event -> event.getEventType().getName().substring(8)));
    assertThat(events).containsOnlyKeys(KINDS);
    assertThat(events.get("Batch"))
        .allMatch(event -> event.getString("stage").equals("deadly"))
        .allMatch(event -> event.getString("worker").matches("deadly (worker|spare)-[0-9]+"))
        .allMatch(event -> event.getDuration("service").isPositive())
        .allMatch(event -> !event.getDuration("wait").isNegative());
    assertThat(events.get("Batch").stream().mapToInt(event -> event.getInt("rows")).sum())
        .isEqualTo(5_999);
    assertThat(events.get("BatchSize"))
        .allMatch(event -> event.getInt("before") != event.getInt("rows"));
    assertThat(events.get("Commit"))
        .allMatch(event -> event.getString("sink").equals("out") && event.getBoolean("committed"));
    assertThat(events.get("Backpressure"))
        .allMatch(event -> event.getString("source").equals("numbers"))
        .allMatch(event -> List.of("room", "window").contains(event.getString("waitsFor")));
    RecordedEvent end = events.get("WorkerEnd").getFirst();
    assertThat(end.getString("kind")).isEqualTo("EXITED");
    assertThat(events.get("WorkerStart"))
        .hasSizeGreaterThan(1)
        .anyMatch(event -> event.getLong("pid") == end.getLong("pid"));
  }
}
