package io.forebay.testkit;

import io.forebay.Batch;
import io.forebay.DeadLetters;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.io.IOException;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Checks of dead letters what {@link SinkContract} checks of a sink. Two dead letters are the same
 * that differ only in the time, {@code rejectedAt}, where they are JSON.
 */
public final class DeadLettersContract {
  private static final Pattern TIME = Pattern.compile(",\"rejectedAt\":\"[^\"]*\"");
  private static final Schema SCHEMA =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING), Field.nullable("value", ColumnType.FLOAT64));

  private DeadLettersContract() {}

  /**
   * Checks dead letters that keep their progress.
   *
   * @param places makes a new, empty place at each call
   * @throws AssertionError if the contract is broken
   */
  public static void check(Supplier<? extends Place<? extends DeadLetters>> places)
      throws IOException {
    new OutputContract<DeadLetters>(
            () -> timeless(places.get()), DeadLettersContract::write, SCHEMA)
        .check();
  }

  private static Place<DeadLetters> timeless(Place<? extends DeadLetters> place) {
    return new Place<>() {
      @Override
      public DeadLetters output() {
        return place.output();
      }

      @Override
      public Object contents() throws IOException {
        return place.contents() instanceof String text
            ? TIME.matcher(text).replaceAll("")
            : place.contents();
      }
    };
  }

  private static void write(DeadLetters letters, int step) throws IOException {
    letters.write(
        new Rejection(
            "source",
            "",
            10L * step,
            "",
            "the line is not JSON",
            "",
            Rejection.Text.of("{\"value\": oops \u0001 é")));
    Batch batch = Batches.of(SCHEMA, Batches.row("hall-a", 1.5), Batches.row("hall-b", null));
    letters.write(
        new Rejection(
            "source",
            "part",
            10L * step + 1,
            "features",
            "the function threw",
            "java.lang.IllegalStateException: line 1\n\tat line 2",
            new Rejection.Row(batch, 1)));
  }
}
