package io.forebay.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Position;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.CollectingWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records handed in as far apart as their times. */
class ReplayTest {
  private static final Schema FIELDS =
      Schema.of(Field.of("id", ColumnType.INT64), Field.nullable("at", ColumnType.TIMESTAMP_US));

  /** Time that passes when somebody waits. */
  private static final class Skipping implements Waiting {
    private long now = 5_000_000;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void await(long nanos) {
      // As real waits do, this one may be too short.
      now += Math.max(1, nanos / 2);
    }
  }

  private static List<Long> millis(String speed, String lines) throws Exception {
    Skipping time = new Skipping();
    List<Long> appended = new ArrayList<>();
    CollectingWriter out =
        new CollectingWriter(FIELDS) {
          @Override
          public void append(long sequence, long offset) {
            appended.add((time.now - 5_000_000) / 1_000_000);
          }
        };
    try (FileSource source =
        Sources.of(lines).fields(FIELDS).replay(ReplaySpeed.parse(speed)).waiting(time).build()) {
      source.run(Sources.context(out, Position.START, Set.of()));
    }
    return appended;
  }

  @Test
  void waits_as_long_as_the_times_say_when_records_are_replayed() throws Exception {
    String lines =
        """
        {"id":1,"at":1000000}
        {"id":2,"at":1250000}
        {"id":3}
        no record
        {"id":4,"at":1200000}
        {"id":5,"at":3000000}
        """;
    assertThat(millis("original", lines)).containsExactly(0L, 250L, 250L, 250L, 2_000L);
    assertThat(millis("10x", lines)).containsExactly(0L, 25L, 25L, 25L, 200L);
    assertThat(millis("0.5x", lines)).containsExactly(0L, 500L, 500L, 500L, 4_000L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "fast", "0x", "x", "-1x", "10", "1e3x", "10000000x"})
  void refuses_a_speed_when_it_is_none(String speed) {
    assertThatThrownBy(() -> ReplaySpeed.parse(speed)).isInstanceOf(ConfigurationException.class);
  }

  @Test
  void refuses_to_replay_when_no_field_is_a_time() {
    FileSource.Builder builder =
        Sources.of("{}")
            .fields(Schema.of(Field.of("id", ColumnType.INT64)))
            .replay(ReplaySpeed.parse("original"));
    assertThatThrownBy(builder::build)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("declare one of them as timestamp-ms");
  }
}
