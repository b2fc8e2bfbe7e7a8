package io.forebay.engine.internal.tap;

import io.forebay.Batch;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.internal.rows.HeapBatchBuilder;
import io.forebay.internal.rows.RowCopy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Dead letters as records, so that there can be a condition on who has rejected them, and why. */
final class Letters {
  private static final Schema SCHEMA =
      Schema.of(
          Field.of("source", ColumnType.STRING),
          Field.of("partition", ColumnType.STRING),
          Field.of("stage", ColumnType.STRING),
          Field.of("sink", ColumnType.STRING),
          Field.of("reason", ColumnType.STRING));

  private Letters() {}

  /** What a letter has, and then the columns of its record that have another name. */
  static Schema around(Schema records) {
    List<Field> others =
        records.fields().stream().filter(field -> !SCHEMA.has(field.name())).toList();
    return Schema.of(Stream.concat(SCHEMA.fields().stream(), others.stream()).toList());
  }

  static boolean matches(Where where, Rejection rejection) {
    return SCHEMA.has(where.column())
        ? where.on(asBatch(rejection)).test(0)
        : recordMatches(where, rejection);
  }

  /** Whether what is left of the record has the column, and fulfils the condition. */
  static boolean recordMatches(Where where, Rejection rejection) {
    return rejection.content() instanceof Rejection.Row(Batch batch, int row)
        && where.on(batch).test(row);
  }

  private static Batch asBatch(Rejection rejection) {
    HeapBatchBuilder letter = new HeapBatchBuilder(SCHEMA, false);
    List<String> texts =
        List.of(
            rejection.source(),
            rejection.partition(),
            rejection.stage(),
            rejection.sink(),
            rejection.reason());
    for (int i = 0; i < texts.size(); i++) {
      byte[] utf8 = texts.get(i).getBytes(StandardCharsets.UTF_8);
      letter.setString(i, utf8, 0, utf8.length);
    }
    letter.append(rejection.sequence(), 0);
    return letter.build();
  }

  /** The same letter, with its row copied: that one's batch may go on. */
  static Rejection copy(Rejection rejection) {
    if (!(rejection.content() instanceof Rejection.Row(Batch batch, int row))) {
      return rejection;
    }
    return new Rejection(
        rejection.source(),
        rejection.partition(),
        rejection.sequence(),
        rejection.stage(),
        rejection.sink(),
        rejection.reason(),
        rejection.detail(),
        new Rejection.Row(RowCopy.toHeap(batch, new int[] {row}), 0));
  }
}
