package io.forebay.benchmarks;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Source;
import io.forebay.SourceContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Takes a source's records without an engine behind it: counts them and adds up their values. */
final class CountingContext implements SourceContext {
  private final List<Writer> writers = new ArrayList<>();

  @Override
  public String name() {
    return "counted";
  }

  @Override
  public synchronized RecordWriter partition(String partition) {
    Writer writer = new Writer(partition);
    writers.add(writer);
    return writer;
  }

  @Override
  public Position resumeFrom(String partition) {
    return Position.START;
  }

  @Override
  public Set<String> replacedColumns() {
    return Set.of();
  }

  synchronized long records() {
    return writers.stream().mapToLong(writer -> writer.records).sum();
  }

  synchronized double sum() {
    return writers.stream().mapToDouble(writer -> writer.sum).sum();
  }

  /** Acknowledges everything that came so far. */
  synchronized void acknowledge(Source source) {
    for (Writer writer : writers) {
      long last = writer.last;
      if (last > writer.acknowledged) {
        writer.acknowledged = last;
        source.acknowledged(writer.partition, new Position(last, last));
      }
    }
  }

  /** Belongs to one thread; others read what is volatile, and the sum when they know the count. */
  private static final class Writer implements RecordWriter {
    private final String partition;
    private double value;
    private double sum;
    private long count;
    private long acknowledged;
    private volatile long records;
    private volatile long last;

    Writer(String partition) {
      this.partition = partition;
    }

    @Override
    public void setBool(int column, boolean value) {}

    @Override
    public void setLong(int column, long value) {}

    @Override
    public void setDouble(int column, double value) {
      this.value = value;
    }

    @Override
    public void setString(int column, byte[] utf8, int from, int length) {}

    @Override
    public void setString(int column, String text) {}

    @Override
    public void setBinary(int column, byte[] bytes, int from, int length) {}

    @Override
    public void setDoubles(int column, double[] values, int from, int length) {}

    @Override
    public void setNull(int column) {}

    @Override
    public void setExtras(byte[] utf8, int from, int length) {}

    @Override
    public void append(long sequence, long offset) {
      sum += value;
      last = sequence;
      records = ++count;
    }

    @Override
    public void reject(long sequence, long offset, String reason, Rejection.Text text) {
      throw new IllegalStateException(reason);
    }

    @Override
    public void clear() {}
  }
}
