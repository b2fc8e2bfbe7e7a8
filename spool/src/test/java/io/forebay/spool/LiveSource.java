package io.forebay.spool;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Hands in n = first, first + 1, … once, as a sensor does, and remembers what was acknowledged. */
final class LiveSource implements Source {
  static final Schema SCHEMA =
      Schema.of(
          Field.of("n", ColumnType.INT64),
          Field.nullable("name", ColumnType.STRING),
          Field.nullable("list", ColumnType.FLOAT64_LIST));

  private final long first;
  private final long last;
  private final boolean repeatable;
  final AtomicLong acknowledged = new AtomicLong();
  final AtomicLong handedIn = new AtomicLong();
  volatile boolean ran;
  volatile long pauseBehind = Long.MAX_VALUE;
  LongConsumer onAcknowledged = n -> {};

  LiveSource(long first, long last) {
    this(first, last, false);
  }

  LiveSource(long first, long last, boolean repeatable) {
    this.first = first;
    this.last = last;
    this.repeatable = repeatable;
  }

  @Override
  public Schema schema() {
    return SCHEMA;
  }

  @Override
  public boolean repeatable() {
    return repeatable;
  }

  @Override
  public boolean carriesExtras() {
    return true;
  }

  @Override
  public void run(SourceContext context) throws Exception {
    ran = true;
    RecordWriter writer = context.partition("p");
    long from = Math.max(first, context.resumeFrom("p").sequence() + 1);
    for (long n = from; n <= last; n++) {
      if (n % 10 == 7) {
        writer.reject(n, 3 * n, "unreadable", "<" + n + ">");
      } else {
        writer.setLong(0, n);
        if (n % 2 == 0) {
          writer.setString(1, "é" + n);
          writer.setDoubles(2, new double[] {n, n / 2.0}, 0, 2);
          byte[] extras = ("\"x\":" + n).getBytes(StandardCharsets.UTF_8);
          writer.setExtras(extras, 0, extras.length);
        }
        writer.append(n, 3 * n);
      }
      handedIn.set(n);
      if (n >= pauseBehind) {
        new CountDownLatch(1).await();
      }
    }
    if (last == Long.MAX_VALUE - 1) {
      throw new IOException("never");
    }
  }

  @Override
  public void acknowledged(String partition, Position position) {
    if (!partition.equals("p") || position.offset() != 3 * position.sequence()) {
      throw new AssertionError(partition + " " + position);
    }
    acknowledged.set(position.sequence());
    onAcknowledged.accept(position.sequence());
  }
}
