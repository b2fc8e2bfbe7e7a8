package io.forebay.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.snapshot.DeadLetterReason;
import io.forebay.snapshot.EndedWorker;
import io.forebay.snapshot.EngineTimes;
import io.forebay.snapshot.HostTimes;
import io.forebay.snapshot.Latency;
import io.forebay.snapshot.Punctuality;
import io.forebay.snapshot.SinkTimes;
import io.forebay.snapshot.SourceTimes;
import io.forebay.snapshot.StageTimes;
import io.forebay.snapshot.WorkerEnds;
import io.forebay.snapshot.WorkerSnapshot;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The specifications name what is there, and nothing else. */
final class SpecificationsTest {
  private static final Path SPECS = Path.of("../docs/specs");
  private static final Pattern ROW = Pattern.compile("\\| `([^`]+)` \\|(.*)\\|");

  /** The rows of tables in a section, by their names. */
  private static Map<String, String> rows(String file, String section) throws IOException {
    Map<String, String> rows = new LinkedHashMap<>();
    boolean inside = false;
    for (String line : Files.readAllLines(SPECS.resolve(file))) {
      if (line.startsWith("## ")) {
        inside = line.startsWith("## " + section);
      }
      var row = ROW.matcher(line);
      if (inside && row.matches()) {
        rows.put(row.group(1), row.group(2).strip());
      }
    }
    return rows;
  }

  @Test
  void diagnosis_describes_every_kind() throws IOException {
    assertThat(rows("diagnosis.md", "Kinds").keySet())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Diagnosis.Kind.values()).map(Diagnosis.Kind::label).toList());
  }

  @Test
  void diagnosis_names_every_threshold_with_its_value() throws Exception {
    Map<String, Double> thresholds = new LinkedHashMap<>();
    for (Field field : Thresholds.class.getDeclaredFields()) {
      thresholds.put(field.getName(), ((Number) field.get(null)).doubleValue());
    }
    Map<String, Double> told = new LinkedHashMap<>();
    rows("diagnosis.md", "Thresholds")
        .forEach((name, value) -> told.put(name, Double.valueOf(value)));

    assertThat(told).isEqualTo(thresholds);
  }

  @Test
  void metrics_define_each_that_is_measured() throws IOException {
    assertDefined("Latency", Latency.class);
    assertDefined("Stage times", StageTimes.class);
    assertDefined("Ends of workers", WorkerEnds.class);
    assertDefined("Worker processes", WorkerSnapshot.class);
    assertDefined("Workers that have ended", EndedWorker.class);
    assertDefined("Reasons of dead letters", DeadLetterReason.class);
    assertDefined("Sources", SourceTimes.class);
    assertDefined("Sinks", SinkTimes.class);
    assertDefined("Engine", EngineTimes.class);
    assertDefined("Heartbeat", Punctuality.class);
    assertDefined("Machine", HostTimes.class);
  }

  private static void assertDefined(String section, Class<? extends Record> measured)
      throws IOException {
    List<String> names =
        Arrays.stream(measured.getRecordComponents()).map(RecordComponent::getName).toList();
    assertThat(rows("metrics.md", section).keySet()).containsExactlyElementsOf(names);
  }
}
