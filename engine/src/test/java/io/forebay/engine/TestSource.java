package io.forebay.engine;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;

/**
 * Hands in n = 1, 2, 3 … as fast as they are taken, from one partition; remembers what is asked.
 */
public class TestSource implements Source {
  public static final Schema SCHEMA = Schema.of(Field.of("n", ColumnType.INT64));

  private final long records;
  private final LongPredicate unreadable;
  public final Map<String, Position> acknowledged = new ConcurrentHashMap<>();
  public volatile long handedIn;
  public volatile boolean closed;

  public TestSource(long records) {
    this(records, n -> false);
  }

  public TestSource(long records, LongPredicate unreadable) {
    this.records = records;
    this.unreadable = unreadable;
  }

  @Override
  public Schema schema() {
    return SCHEMA;
  }

  @Override
  public boolean repeatable() {
    return true;
  }

  @Override
  public void run(SourceContext context) throws Exception {
    RecordWriter writer = context.partition("");
    for (long n = context.resumeFrom("").sequence() + 1; n <= records; n++) {
      if (unreadable.test(n)) {
        writer.reject(n, 10 * n, "unreadable", "<" + n + ">");
      } else {
        writer.setLong(0, n);
        writer.append(n, 10 * n);
      }
      handedIn = n;
    }
  }

  @Override
  public void acknowledged(String partition, Position position) {
    acknowledged.merge(
        partition,
        position,
        (before, now) -> {
          if (now.sequence() <= before.sequence()) {
            throw new AssertionError(now + " was acknowledged after " + before);
          }
          return now;
        });
  }

  @Override
  public void close() {
    closed = true;
  }
}
