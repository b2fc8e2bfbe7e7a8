package io.forebay.cli.trial;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.Batch;
import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.config.TrialInput;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.rows.HeapBatchBuilder;
import io.forebay.internal.rows.RowCopy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first records of a source, once, and never acknowledges one. The source runs on a
 * virtual thread of its own; its writers may be used by any of its threads.
 */
public final class SampleReader implements SourceContext {
  /** How long a source that was interrupted may take to notice. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final String name;
  private final Source source;
  private final Sample.Limits limits;

  /** Done when the source has ended, or when there is enough. */
  private final CompletableFuture<Void> enough = new CompletableFuture<>();

  @GuardedBy("this")
  private final HeapBatchBuilder gathered;

  @GuardedBy("this")
  private final List<String> partitions = new ArrayList<>();

  @GuardedBy("this")
  private long rejected;

  private SampleReader(TrialInput.Reading from, Sample.Limits limits) {
    this.name = from.name();
    this.source = from.source();
    this.limits = limits;
    this.gathered = new HeapBatchBuilder(source.schema(), source.carriesExtras());
  }

  /**
   * Reads from all of them, and closes them.
   *
   * @param progress is told what is read
   * @throws ConfigurationException in one sentence, if one cannot be read or has nothing to read
   */
  public static List<Sample> readAll(List<TrialInput.Reading> sources, Consumer<String> progress)
      throws InterruptedException {
    List<Sample> samples = new ArrayList<>();
    for (TrialInput.Reading source : sources) {
      progress.accept("reading from " + source.name());
      samples.add(read(source, Sample.Limits.USUAL));
    }
    return samples;
  }

  /**
   * Reads, and closes the source.
   *
   * @throws ConfigurationException in one sentence, if it cannot be read or has nothing to read
   */
  private static Sample read(TrialInput.Reading from, Sample.Limits limits)
      throws InterruptedException {
    SampleReader reader = new SampleReader(from, limits);
    try {
      reader.run();
      return reader.sample(from.recordsPerSecond());
    } finally {
      reader.close();
    }
  }

  private void run() throws InterruptedException {
    Thread thread =
        Thread.ofVirtual()
            .name("forebay-sample-" + name)
            .start(() -> {
              try {
                source.run(this);
                enough.complete(null);
              } catch (InterruptedException e) {
                enough.complete(null);
              } catch (Throwable e) {
                enough.completeExceptionally(e);
              }
            });
    try {
      enough.get(limits.longest().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // What came until now is the sample.
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String why = cause.getMessage();
      throw new ConfigurationException(
          "the source '"
              + name
              + "' cannot be read ("
              + (why == null ? cause.toString() : why)
              + "): nothing was tried, put that right first",
          cause);
    } finally {
      thread.interrupt();
      thread.join(PATIENCE);
    }
  }

  private synchronized Sample sample(double recordsPerSecond) {
    if (gathered.rows() == 0) {
      throw new ConfigurationException(
          "the source '"
              + name
              + "' had nothing to read for a trial"
              + (rejected == 0 ? "" : " but " + rejected + " records that cannot be read")
              + ": give it records, or name a file with some with --sample");
    }
    return new Sample(name, List.copyOf(partitions), gathered.build(), rejected, recordsPerSecond);
  }

  private void close() {
    try {
      source.close();
    } catch (IOException e) {
      // It was only read from, and what was read is here.
    }
  }

  /** The partition's number; those without a record in the sample have none. */
  private synchronized int number(String partition) {
    partitions.add(partition);
    return partitions.size() - 1;
  }

  private synchronized void take(int partition, Batch row, long sequence)
      throws InterruptedException {
    if (gathered.rows() >= limits.rows() || gathered.bytes() >= limits.bytes()) {
      throw new InterruptedException("the sample is complete");
    }
    gathered.partition(partition);
    RowCopy.set(row, 0, gathered);
    gathered.append(sequence, 0);
    if (gathered.rows() == limits.rows() || gathered.bytes() >= limits.bytes()) {
      enough.complete(null);
    }
  }

  private synchronized void reject() {
    rejected++;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public RecordWriter partition(String partition) {
    return new Writer(partition);
  }

  @Override
  public Position resumeFrom(String partition) {
    return Position.START;
  }

  @Override
  public Set<String> replacedColumns() {
    return Set.of();
  }

  /** One record at a time. Has room only while there is one: there may be a million partitions. */
  private final class Writer implements RecordWriter {
    private final String partition;
    private int number = -1;
    private @Nullable HeapBatchBuilder row;

    Writer(String partition) {
      this.partition = partition;
    }

    private HeapBatchBuilder row() {
      HeapBatchBuilder staged = row;
      if (staged == null) {
        staged = new HeapBatchBuilder(source.schema(), source.carriesExtras());
        row = staged;
      }
      return staged;
    }

    @Override
    public void setBool(int column, boolean value) {
      row().setBool(column, value);
    }

    @Override
    public void setLong(int column, long value) {
      row().setLong(column, value);
    }

    @Override
    public void setDouble(int column, double value) {
      row().setDouble(column, value);
    }

    @Override
    public void setString(int column, byte[] utf8, int from, int length) {
      row().setString(column, utf8, from, length);
    }

    @Override
    public void setString(int column, String text) {
      row().setString(column, text);
    }

    @Override
    public void setBinary(int column, byte[] bytes, int from, int length) {
      row().setBinary(column, bytes, from, length);
    }

    @Override
    public void setDoubles(int column, double[] values, int from, int length) {
      row().setDoubles(column, values, from, length);
    }

    @Override
    public void setNull(int column) {
      row().setNull(column);
    }

    @Override
    public void setExtras(byte[] utf8, int from, int length) {
      row().setExtras(utf8, from, length);
    }

    @Override
    public void append(long sequence, long offset) throws InterruptedException {
      HeapBatchBuilder staged = row();
      row = null;
      staged.append(sequence, offset);
      number = number < 0 ? number(partition) : number;
      take(number, staged.build(), sequence);
    }

    @Override
    public void reject(long sequence, long offset, String reason, Rejection.Text text) {
      clear();
      SampleReader.this.reject();
    }

    @Override
    public void clear() {
      row = null;
    }
  }
}
