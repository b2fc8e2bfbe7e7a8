package io.forebay.dashboard;

import io.forebay.Batch;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.rows.HeapBatchBuilder;
import io.forebay.tap.Tap;
import io.forebay.tap.TapPart;
import io.forebay.tap.TapRequest;
import io.forebay.tap.TapSample;
import io.forebay.tap.Taps;
import io.forebay.tap.TooManyTapsException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A part that never runs out of records and dead letters. */
final class EndlessTaps implements Taps {
  private static final Batch ROW = row();
  private final Rejection letter;

  private static Batch row() {
    HeapBatchBuilder row =
        new HeapBatchBuilder(Schema.of(Field.of("value", ColumnType.FLOAT64)), false);
    row.setDouble(0, 80.5);
    row.append(1, 0);
    return row.build();
  }

  EndlessTaps(String reason) {
    letter = new Rejection("hall-a", "", 7, "features", reason, "", new Rejection.Row(ROW, 0));
  }

  final AtomicInteger open = new AtomicInteger();
  final AtomicLong taken = new AtomicLong();

  @Override
  public List<TapPart> parts() {
    return List.of(new TapPart(TapPart.Kind.STAGE, "features", ROW.schema()));
  }

  @Override
  public Tap open(TapRequest request) {
    if (!request.part().equals("features") && !request.part().equals("stage:features")) {
      throw new ConfigurationException("there is no part '" + request.part() + "'");
    }
    if (open.get() == MOST) {
      throw new TooManyTapsException();
    }
    open.incrementAndGet();
    return new Tap() {
      private boolean closed;

      @Override
      public TapPart part() {
        return parts().getFirst();
      }

      @Override
      public TapSample poll() {
        return taken.incrementAndGet() % 2 == 1
            ? new TapSample.Row(ROW)
            : new TapSample.Letter(letter);
      }

      @Override
      public long passed() {
        return 10;
      }

      @Override
      public long looked() {
        return 5;
      }

      @Override
      public void close() {
        if (!closed) {
          closed = true;
          open.decrementAndGet();
        }
      }
    };
  }
}
