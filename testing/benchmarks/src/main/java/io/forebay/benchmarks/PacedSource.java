package io.forebay.benchmarks;

import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;

/**
 * Sends records at a rate: {@code sent}, the time at which the record was to be sent, whether it
 * was held up or not, and {@code steps}, the work that it makes.
 *
 * @param records how many
 * @param rate records a second; 0: as fast as they are accepted
 * @param steps the steps of each record, by its number from 0 on
 */
record PacedSource(long records, double rate, LongUnaryOperator steps) implements Source {
  private static final Schema SCHEMA =
      Schema.of(Field.of("sent", ColumnType.INT64), Field.of("steps", ColumnType.INT64));

  @Override
  public Schema schema() {
    return SCHEMA;
  }

  @Override
  public boolean repeatable() {
    return false;
  }

  @Override
  public void run(SourceContext context) throws InterruptedException {
    RecordWriter writer = context.partition("");
    double nanosEach = rate == 0 ? 0 : 1e9 / rate;
    long begin = System.nanoTime();
    for (long record = 0; record < records; record++) {
      long due = begin + (long) (record * nanosEach);
      for (long wait = due - System.nanoTime(); rate > 0 && wait > 0; ) {
        LockSupport.parkNanos(wait);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        wait = due - System.nanoTime();
      }
      writer.setLong(0, due);
      writer.setLong(1, steps.applyAsLong(record));
      writer.append(record + 1, record + 1);
    }
  }
}
