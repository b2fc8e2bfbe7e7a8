package io.forebay.spool;

import io.forebay.Batch;
import io.forebay.Claim;
import io.forebay.Frontier;
import io.forebay.LateRefusal;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.internal.concurrent.Backoff;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Lets a sink that is slow or away fall behind alone: what it is given goes to a spool on disk and
 * from there, on a thread of its own ({@link Deliverer}), to the sink; the other sinks do not wait.
 * A commit is durable in the spool, and that is what sources are told. Only when the spool is full
 * the pipeline waits.
 *
 * <p>The sink is committed at the same points, with its place in the spool added to the frontier
 * under {@value #PLACE}: so it is as effectively-once behind a spool as without. A run that comes
 * to its end waits until the sink has everything; one that is drained leaves the rest in the spool
 * for the next run. A sink whose store is away is opened again and given its rows again from the
 * spool. Rows that the store refuses come back by {@link #refusedLate}.
 *
 * <p>The engine's sink thread calls; {@link #needsCommit} anybody may call. Between {@link #open}
 * and {@link #close} the deliverer alone uses the sink; what both share is in {@link Handover}.
 */
public final class SpooledSink implements Sink {
  /** The partition under which a sink keeps its place in the spool. */
  static final String PLACE = "forebay:spool";

  private static final System.Logger LOGGER = System.getLogger(SpooledSink.class.getName());
  private static final long PATIENCE_SECONDS = 10;

  private final Sink inner;
  private final Path directory;
  private final Limits limits;
  private final RandomGenerator random;
  private volatile @Nullable SpoolLog log;
  private @Nullable Rows rows;
  private @Nullable Thread deliverer;
  private volatile @Nullable Handover handover;
  private Commit.Head head = new Commit.Head(false, 0, null);
  private Optional<Progress> innerHas = Optional.empty();
  private List<String> names = List.of();
  private boolean acceptLoss;

  /** Whether there has been a spool when it was looked for. */
  private boolean existed = true;

  private SpooledSink(Sink inner, Path directory, Limits limits, RandomGenerator random) {
    this.inner = inner;
    this.directory = directory;
    this.limits = limits;
    this.random = random;
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

  /**
   * Goes on where the spool is damaged or something is missing: from the last commit before that,
   * which the sources are told, so that those that can repeat read the rest again. By default that
   * stops the start. Before {@link #recover}.
   */
  public SpooledSink acceptLoss() {
    acceptLoss = true;
    return this;
  }

  @Override
  public List<Claim> claims() {
    return SpoolFolder.claims(directory, inner.claims());
  }

  @Override
  public long backlogBytes() {
    SpoolLog spool = log;
    return spool == null ? 0 : spool.bytes();
  }

  @Override
  public void check(Schema schema) {
    inner.check(schema);
  }

  @Override
  public Optional<Progress> recover() throws IOException {
    innerHas = inner.recover();
    readHead();
    byte[] commit = head.commit();
    if (commit == null) {
      return innerHas.map(SpooledSink::withoutPlace);
    }
    Progress kept = Commit.decode(ByteBuffer.wrap(commit).order(ByteOrder.LITTLE_ENDIAN));
    // A run that ended while the sink had not got everything is not complete, whatever it meant.
    boolean complete = kept.complete() && delivered() >= head.sequence();
    return Optional.of(new Progress(kept.pipeline(), kept.frontier(), complete));
  }

  /** How far the sink is, as it says itself or, if it keeps no progress, as the spool has noted. */
  private long delivered() throws IOException {
    return Math.max(place(), SpoolFolder.State.of(directory).delivered());
  }

  private long place() {
    return innerHas.map(has -> has.frontier().of(PLACE).sequence()).orElse(0L);
  }

  private void readHead() throws IOException {
    SpoolFolder.State state = SpoolFolder.State.of(directory);
    existed = state.exists();
    Recovered.Reading reading =
        new Recovered.Reading(state.says(SpoolLog.ALL), delivered(), SpoolLog.ALL, acceptLoss);
    Recovered found = Recovered.of(directory, reading, new Commits(Long.MAX_VALUE));
    if (place() > Math.max(found.lastSequence(), state.last()) && !acceptLoss) {
      throw new IOException(
          "the spool '"
              + directory
              + "' is gone or not the one that the sink was delivered from: put it back, or run"
              + " with --accept-loss to go on without what was in it");
    }
    if (!found.losses().isEmpty()) {
      if (!acceptLoss) {
        throw found.losses().refusal(directory);
      }
      LOGGER.log(
          System.Logger.Level.WARNING,
          found.losses().sentence(directory)
              + ", which is accepted: sources that can repeat read on from before that");
      head = new Commit.Head(false, 0, null);
      Recovered.before(directory, found.losses().first(), new Commits(found.losses().first()));
    }
  }

  /** Takes the last commit before a sequence for the head. */
  private final class Commits implements Recovered.Visitor {
    private final long before;

    Commits(long before) {
      this.before = before;
    }

    @Override
    public void head(byte[] bytes) throws IOException {
      head = Commit.Head.decode(bytes);
    }

    @Override
    public void frame(long sequence, ByteBuffer payload) throws IOException {
      if (sequence < before && RecordCodec.kind(payload) == RecordCodec.COMMIT) {
        byte[] commit = new byte[payload.remaining()];
        payload.get(commit);
        head = new Commit.Head(head.extras(), sequence, commit);
      }
    }
  }

  private static Progress withoutPlace(Progress progress) {
    Map<String, Position> rows = new HashMap<>(progress.frontier().rows());
    rows.remove(PLACE);
    return new Progress(progress.pipeline(), new Frontier(rows), progress.complete());
  }

  @Override
  public void open(SinkContext opened) throws IOException {
    names = opened.partitions();
    long place = 0;
    if (opened.resume()) {
      if (!existed && !acceptLoss) {
        throw new IOException(
            "the spool '"
                + directory
                + "' is gone, while other outputs hold an unfinished run: put it back, or run with"
                + " --accept-loss to go on without what was in it");
      }
      place = place();
    } else {
      head = new Commit.Head(head.extras(), 0, null);
    }
    SpoolLog spool =
        new SpoolLog(
            new SpoolFolder.Place(directory, limits, SpoolDisk.REAL, acceptLoss),
            new SpoolFolder.Known(head.sequence(), place, false),
            new Silent(),
            () -> head.encode(),
            Recovered.Visitor.NOBODY,
            notice -> LOGGER.log(System.Logger.Level.WARNING, notice));
    log = spool;
    Handover between = new Handover(spool::floor, head.sequence(), spool.released());
    handover = between;
    Deliverer delivers =
        new Deliverer(
            new Deliverer.Wiring(inner, directory, opened, () -> head.extras()),
            spool,
            between,
            new Backoff(random));
    delivers.open(opened.resume() && (innerHas.isPresent() || spool.released() > 0));
    deliverer =
        Thread.ofPlatform()
            .daemon()
            .name("forebay-spooled-sink-" + directory.getFileName())
            .start(delivers::run);
  }

  private Handover requireHandover() {
    Handover between = handover;
    if (between == null) {
      throw new IllegalStateException("open comes first");
    }
    return between;
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
    requireHandover().check();
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
    Handover between = requireHandover();
    between.check();
    between.settled();
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
      between.committed(sequence);
      if (progress.complete()) {
        between.awaitDelivered(sequence);
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

  @Override
  public List<LateRefusal> refusedLate() {
    return requireHandover().take();
  }

  @Override
  public boolean needsCommit() {
    Handover between = handover;
    return between != null && between.isOffering();
  }

  @Override
  public boolean effectivelyOnce() {
    return inner.effectivelyOnce();
  }

  @Override
  public void close() throws IOException {
    Handover between = handover;
    if (between != null) {
      between.close();
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
  private static final class Silent implements SpoolListener {
    private boolean troubled;

    @Override
    public void durable(long sequence, List<Group.Reached> marks) {}

    @Override
    public void trouble(String what) {
      if (!what.isEmpty() && !troubled) {
        LOGGER.log(System.Logger.Level.WARNING, what);
      } else if (what.isEmpty() && troubled) {
        LOGGER.log(System.Logger.Level.INFO, "a spool can be written again");
      }
      troubled = !what.isEmpty();
    }
  }
}
