package io.forebay.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SourceContractTest {
  /** Mistakes that sources make. */
  enum Mistake {
    REPEATS_THE_LAST_RECORD,
    SKIPS_A_RECORD_ON_RESUME,
    GOES_ON_WHEN_ASKED_TO_STOP,
    COUNTS_FROM_ZERO,
    FORGETS_A_COLUMN,
    NAMES_PARTITIONS_ANEW,
    CHANGES_ITS_SCHEMA,
    USES_THE_WRONG_TYPE,
    ENDS_SILENTLY
  }

  private static int instances;

  /** Two partitions of a hundred records. */
  private record Counting(Set<Mistake> mistakes, int instance) implements Source {
    @Override
    public Schema schema() {
      return mistakes.contains(Mistake.CHANGES_ITS_SCHEMA) && instance % 3 == 0
          ? Schema.of(Field.of("number", ColumnType.FLOAT64))
          : Schema.of(
              Field.of("number", ColumnType.INT64), Field.nullable("text", ColumnType.STRING));
    }

    @Override
    public boolean repeatable() {
      return true;
    }

    @Override
    public void run(SourceContext context) throws InterruptedException {
      for (String partition : List.of("a", "b")) {
        String name =
            mistakes.contains(Mistake.NAMES_PARTITIONS_ANEW) ? partition + instance : partition;
        RecordWriter writer = context.partition(name);
        Position position = context.resumeFrom(name);
        long first = position.sequence() + 1;
        if (mistakes.contains(Mistake.REPEATS_THE_LAST_RECORD) && first > 1) {
          first--;
        }
        if (mistakes.contains(Mistake.SKIPS_A_RECORD_ON_RESUME) && first > 1) {
          first++;
        }
        try {
          for (long sequence = first; sequence <= 100; sequence++) {
            append(writer, sequence);
          }
        } catch (StackOverflowError e) {
          if (!mistakes.contains(Mistake.ENDS_SILENTLY)) {
            throw e;
          }
        }
      }
    }

    private void append(RecordWriter writer, long sequence) throws InterruptedException {
      if (mistakes.contains(Mistake.USES_THE_WRONG_TYPE)) {
        writer.setDouble(0, (double) sequence);
      } else if (!mistakes.contains(Mistake.FORGETS_A_COLUMN) || sequence != 51) {
        writer.setLong(0, 7 * sequence);
      }
      if (sequence % 2 == 0) {
        writer.setString(1, "even");
      }
      long number = mistakes.contains(Mistake.COUNTS_FROM_ZERO) ? sequence - 1 : sequence;
      try {
        if (sequence % 10 == 0) {
          writer.reject(number, number * 8, "a ten", "10");
        } else {
          writer.append(number, number * 8);
        }
      } catch (InterruptedException stop) {
        if (!mistakes.contains(Mistake.GOES_ON_WHEN_ASKED_TO_STOP)) {
          throw stop;
        }
      }
    }
  }

  @Test
  void passes_without_mistakes() throws Exception {
    SourceContract.check(() -> new Counting(Set.of(), 0));
  }

  @Test
  void list_source_keeps_the_contract() throws Exception {
    Schema schema =
        Schema.of(
            Arrays.stream(ColumnType.values())
                .map(type -> Field.nullable(type.text(), type))
                .toList());
    byte[] bytes = {1, 2};
    double[] doubles = {1, -0.0};
    SourceContract.check(() ->
        new ListSource(schema)
            .row(true, 1, 2L, 1.5f, 2.5, 3, 4, 5, "é", bytes, doubles)
            .unreadable("not JSON", "{oops")
            .rowWithExtras("\"unit\":\"C\"", new Object[schema.size()])
            .row(new Object[schema.size()]));
  }

  @ParameterizedTest
  @EnumSource
  void finds_the_mistake(Mistake mistake) {
    assertThatThrownBy(() -> SourceContract.check(() -> new Counting(Set.of(mistake), instances++)))
        .isInstanceOfAny(AssertionError.class, IllegalStateException.class);
  }
}
