package io.forebay.spool;

import io.forebay.Backoff;
import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.RetryableException;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Lets a sink that is slow or away fall behind alone: what it is given goes to a spool on disk and
 * from there, on a thread of its own, to the sink; the other sinks do not wait. A commit is durable
 * in the spool, and that is what sources are told. Only when the spool is full the pipeline waits.
 *
 * <p>The sink is committed at the same points, with its place in the spool added to the frontier
 * under {@value #PLACE}: so it is as effectively-once behind a spool as without. A run that comes
 * to its end waits until the sink has everything; one that is drained leaves the rest in the spool
 * for the next run. A sink whose store is away is opened again and given its rows again from the
 * spool.
 *
 * <p>Threads: the engine's sink thread writes, the deliverer reads and alone uses the sink between
 * {@link #open} and {@link #close}. What both use is guarded by {@code lock}.
 */
public final class SpooledSink implements Sink {
  /** The partition under which a sink keeps its place in the spool. */
  static final String PLACE = "forebay:spool";

  private static final System.Logger LOGGER = System.getLogger(SpooledSink.class.getName());
  private static final int MOST_ROWS = 4_096;
  private static final long MOST_BYTES = 1 << 20;

  /** While another commit follows, the sink is committed at so many bytes or so many commits. */
  private static final long COMMIT_BYTES = 8 << 20;

  private static final int MOST_SKIPPED = 8;
  private static final long PATIENCE_SECONDS = 10;

  private final Sink inner;
  private final Path directory;
  private final Limits limits;
  private final Backoff backoff;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<String> partitions = new ArrayList<>(); // of the deliverer
  private final Map<String, Integer> indexes = new HashMap<>();
  private @Nullable SpoolLog log;
  private @Nullable Rows rows;
  private @Nullable SinkContext context;
  private @Nullable Thread deliverer;
  private @Nullable IOException failure;
  private Commit.Head head = new Commit.Head(false, 0, null);
  private Optional<Progress> innerHas = Optional.empty();
  private List<String> names = List.of();
  private long delivered;
  private boolean closing;

  /** The last commit that is durable in the spool. */
  private volatile long lastCommit;

  private SpooledSink(Sink inner, Path directory, Limits limits, RandomGenerator random) {
    this.inner = inner;
    this.directory = directory;
    this.limits = limits;
    this.backoff = new Backoff(random);
  }

  /**
   * A spool before {@code inner}.
   *
   * @param directory where it lies; of this sink alone, and made if it is not there
   * @param sizeBytes the most that waits there, at least 1 MiB; what is not committed yet may
   *     exceed it
   * @param random for the waits between attempts
   */
  public static SpooledSink of(Sink inner, Path directory, long sizeBytes, RandomGenerator random) {
    return new SpooledSink(inner, directory, Limits.of(sizeBytes), random);
  }

  // ------------------------------------------------------------------ the engine's sink thread

  @Override
  public Optional<Progress> recover() throws IOException {
    innerHas = inner.recover();
    readHead();
    byte[] commit = head.commit();
    return commit == null
        ? innerHas.map(SpooledSink::withoutPlace)
        : Optional.of(Commit.decode(ByteBuffer.wrap(commit).order(ByteOrder.LITTLE_ENDIAN)));
  }

  private void readHead() throws IOException {
    Recovered.of(
        directory,
        new Recovered.Visitor() {
          @Override
          public void head(byte[] bytes) throws IOException {
            head = Commit.Head.decode(bytes);
          }

          @Override
          public void frame(long sequence, ByteBuffer payload) throws IOException {
            if (Records.kind(payload) == Records.COMMIT) {
              byte[] commit = new byte[payload.remaining()];
              payload.get(commit);
              head = new Commit.Head(head.extras(), sequence, commit);
            }
          }
        });
  }

  private static Progress withoutPlace(Progress progress) {
    Map<String, Position> positions = new HashMap<>(progress.frontier().positions());
    positions.remove(PLACE);
    return new Progress(progress.pipeline(), new Frontier(positions), progress.complete());
  }

  @Override
  public void open(SinkContext opened) throws IOException {
    context = opened;
    names = opened.partitions();
    long place = 0;
    if (opened.resume()) {
      place = innerHas.map(has -> has.frontier().of(PLACE).sequence()).orElse(0L);
    } else {
      head = new Commit.Head(head.extras(), 0, null);
    }
    SpoolLog spool =
        new SpoolLog(
            directory,
            limits,
            Disk.REAL,
            new Silent(),
            () -> head.encode(),
            new Recovered.Visitor() {
              @Override
              public void head(byte[] bytes) {}

              @Override
              public void frame(long sequence, ByteBuffer payload) {}
            },
            head.sequence(),
            place,
            notice -> LOGGER.log(System.Logger.Level.WARNING, notice));
    log = spool;
    lastCommit = head.sequence();
    spool.floor(head.sequence());
    delivered = spool.released();
    inner.open(innerContext(opened.resume() && (innerHas.isPresent() || delivered > 0)));
    deliverer =
        Thread.ofPlatform()
            .daemon()
            .name("forebay-spooled-sink-" + directory.getFileName())
            .start(() -> deliver(spool));
  }

  private SinkContext innerContext(boolean resume) {
    SinkContext outer = requireContext();
    return new SinkContext(outer.pipeline(), outer.schema(), partitions, resume);
  }

  private SinkContext requireContext() {
    SinkContext opened = context;
    if (opened == null) {
      throw new IllegalStateException("open comes first");
    }
    return opened;
  }

  private SpoolLog requireLog() {
    SpoolLog spool = log;
    if (spool == null) {
      throw new IllegalStateException("open comes first");
    }
    return spool;
  }

  @Override
  public void write(Batch batch) throws IOException {
    check();
    Rows out = rows;
    if (out == null) {
      boolean extras = batch.extras().isPresent();
      head = new Commit.Head(extras, head.sequence(), head.commit());
      out = new Rows(requireLog(), limits.mostPayload());
      rows = out;
    }
    try {
      out.append(batch, names);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the spool '" + directory + "' was full", e);
    }
  }

  @Override
  public void commit(Progress progress) throws IOException {
    check();
    SpoolLog spool = requireLog();
    byte[] commit = Commit.encode(progress);
    try {
      if (commit.length > limits.mostPayload()) {
        throw new IOException(
            "the spool '"
                + directory
                + "' is too small for the positions of all partitions: give it a larger size");
      }
      long sequence = spool.append(commit, commit.length, null, 0, 0);
      head = new Commit.Head(head.extras(), sequence, commit);
      spool.sync();
      lastCommit = sequence;
      spool.floor(sequence);
      if (progress.complete()) {
        awaitDelivered(sequence);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the sink had not taken everything", e);
    }
  }

  /** The sequence of the last commit; for tests. */
  long last() {
    return head.sequence();
  }

  private void awaitDelivered(long sequence) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (delivered < sequence) {
        check();
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void check() throws IOException {
    lock.lock();
    try {
      if (failure != null) {
        throw new IOException(failure.getMessage(), failure);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean effectivelyOnce() {
    return inner.effectivelyOnce();
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    Thread thread = deliverer;
    boolean ended = true;
    if (thread != null) {
      thread.interrupt();
      try {
        ended = thread.join(Duration.ofSeconds(PATIENCE_SECONDS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        ended = false;
      }
    }
    SpoolLog spool = log;
    try {
      if (spool != null) {
        spool.close();
      }
    } finally {
      if (ended) {
        inner.close(); // Otherwise it still uses its store, and does not return.
      }
    }
  }

  /** Nobody waits for what the flusher does. */
  private static final class Silent implements SpoolLog.Listener {
    private boolean troubled;

    @Override
    public void durable(long sequence, List<SpoolLog.Reached> marks) {}

    @Override
    public void trouble(String what) {
      if (!what.isEmpty() && !troubled) {
        LOGGER.log(System.Logger.Level.WARNING, what + "; it is tried again");
      } else if (what.isEmpty() && troubled) {
        LOGGER.log(System.Logger.Level.INFO, "a spool can be written again");
      }
      troubled = !what.isEmpty();
    }
  }

  // ------------------------------------------------------------------ the deliverer

  private void deliver(SpoolLog spool) {
    boolean there = true;
    while (true) {
      try {
        if (!there) {
          bringBack();
          there = true;
        }
        deliver(spool, delivered);
        return;
      } catch (RetryableException e) {
        if (backoff.failures() == 0) {
          LOGGER.log(
              System.Logger.Level.WARNING,
              "the store behind the spool '" + directory + "' is away: " + e.getMessage());
        }
        there = false;
        if (!pause()) {
          return;
        }
      } catch (InterruptedException e) {
        return;
      } catch (IOException | RuntimeException e) {
        fail(e);
        return;
      }
    }
  }

  /** Sources were told that the rows are safe, and no dead letter of this run can hold them. */
  private void refuse(List<Refusal> refused) throws IOException {
    if (!refused.isEmpty()) {
      Refusal first = refused.getFirst();
      throw new IOException(
          "the store behind the spool '"
              + directory
              + "' refuses "
              + refused.size()
              + " records, first record "
              + first.sequence()
              + " ("
              + first.reason()
              + "): they stay in the spool; without whenSlow: spool they would go to dead letter");
    }
  }

  /** Waits for the next attempt; false if there is none. */
  private boolean pause() {
    lock.lock();
    try {
      long left = backoff.next().toNanos();
      while (left > 0 && !closing) {
        left = changed.awaitNanos(left);
      }
      return !closing;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void bringBack() throws IOException {
    Optional<Progress> found = inner.recover();
    long place = found.map(has -> has.frontier().of(PLACE).sequence()).orElse(0L);
    boolean resume = requireContext().resume() || delivered > 0 || place > 0;
    if (inner.effectivelyOnce() && place < delivered) {
      throw new IOException("its store came back without what was committed there: put that back");
    }
    inner.open(innerContext(resume));
    if (place > delivered) {
      committed(place); // A commit whose answer was lost.
    }
  }

  private void deliver(SpoolLog spool, long after) throws IOException, InterruptedException {
    Schema schema = requireContext().schema();
    Records records = new Records(schema);
    BatchBuilder batch = null; // Whether there are extras is known with the first row.
    long sinceCommit = 0;
    int skipped = 0;
    try (SpoolReader reader = new SpoolReader(spool, after)) {
      while (true) {
        SpoolReader.Found found = reader.next();
        if (found == SpoolReader.Found.END) {
          return;
        }
        if (found == SpoolReader.Found.LOST) {
          throw new IOException(
              "the spool '"
                  + directory
                  + "' is damaged at its records "
                  + reader.lostFrom()
                  + " to "
                  + reader.lostTo()
                  + ", which the sink does not have yet: run with --fresh, or empty the spool to"
                  + " go on without them");
        }
        ByteBuffer payload = reader.payload();
        if (Records.kind(payload) == Records.COMMIT) {
          sinceCommit += batch == null ? 0 : writeOut(batch);
          Progress progress = Commit.decode(payload);
          boolean due = sinceCommit > COMMIT_BYTES || ++skipped == MOST_SKIPPED;
          // Without a later commit to come, the engine may be waiting for the room of this one.
          if (due || reader.sequence() >= lastCommit) {
            inner.flush();
            refuse(inner.refused());
            inner.commit(withPlace(progress, reader.sequence()));
            committed(reader.sequence());
            sinceCommit = 0;
            skipped = 0;
          }
          continue;
        }
        if (batch == null) {
          batch = new BatchBuilder(schema, head.extras());
        }
        batch.partition(index(Records.place(payload).partition()));
        records.replay(payload, batch, Records.place(payload).sequence(), 0);
        if (batch.rows() >= MOST_ROWS || batch.bytes() >= MOST_BYTES) {
          sinceCommit += writeOut(batch);
        }
      }
    }
  }

  private long writeOut(BatchBuilder batch) throws IOException {
    long bytes = batch.bytes();
    if (batch.rows() > 0) {
      inner.write(batch.build());
    }
    return bytes;
  }

  private int index(String partition) {
    Integer known = indexes.get(partition);
    if (known != null) {
      return known;
    }
    partitions.add(partition);
    indexes.put(partition, partitions.size() - 1);
    return partitions.size() - 1;
  }

  private static Progress withPlace(Progress progress, long sequence) {
    Map<String, Position> positions = new HashMap<>(progress.frontier().positions());
    positions.put(PLACE, new Position(sequence, sequence));
    return new Progress(progress.pipeline(), new Frontier(positions), progress.complete());
  }

  /**
   * Only this shows that the store is there: what was written before may have waited in the sink.
   */
  private void committed(long sequence) {
    if (backoff.failures() > 0) {
      backoff.succeeded();
      LOGGER.log(
          System.Logger.Level.INFO, "the store behind the spool '" + directory + "' is back");
    }
    requireLog().release(sequence);
    lock.lock();
    try {
      delivered = sequence;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void fail(Exception e) {
    lock.lock();
    try {
      if (!closing) {
        failure = new IOException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
