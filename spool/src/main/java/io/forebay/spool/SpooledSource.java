package io.forebay.spool;

import io.forebay.Claim;
import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.SourceState;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes a source repeatable that cannot repeat: its records go to a spool on disk first, from there
 * to the engine, and stay until they are acknowledged. The source itself is told that its records
 * are acknowledged as soon as they are durable in the spool, so that whoever sent them gets an
 * answer within milliseconds and however slow the sinks are. When the spool is full, the source
 * blocks.
 *
 * <p>To the engine this is one partition, in the order in which the records came. A source that can
 * repeat goes on behind what is in the spool. One that has come to its end is not read again before
 * the outputs have everything.
 *
 * <p>Damage to the spool is never passed over. What was safe and is missing when a run starts stops
 * the start, unless {@link #acceptLoss} counts it as dropped; a record that is found damaged later
 * goes to dead letter, with the file and the reason. Only what was being written when the last run
 * ended, and that nobody was told was safe, is cut off, with a notice.
 *
 * <p>Threads: the source runs on a virtual thread of its own, the caller's thread of {@link #run}
 * reads the spool, the {@link SpoolLog}'s thread writes it and tells the source what is durable.
 */
public final class SpooledSource implements Source {
  private static final System.Logger LOGGER = System.getLogger(SpooledSource.class.getName());

  private final Source inner;
  private final Path directory;
  private final Limits limits;
  private final SpoolDisk disk;
  private final RecordCodec records;
  private final Map<String, Position> positions = new HashMap<>();
  private final Map<String, SpoolWriter> opened = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Exception> innerFailure = new AtomicReference<>();
  private boolean acceptLoss;
  private volatile @Nullable SpoolLog log;

  /** The source was asked to stop. */
  private volatile boolean asked;

  /** Whether what is missing was counted, and the next run is not to ask again. */
  private volatile boolean counted;

  private volatile @Nullable SourceContext context;
  private boolean ended;

  private final StateRelay state = new StateRelay();

  private SpooledSource(Source inner, Path directory, Limits limits, SpoolDisk disk) {
    this.inner = inner;
    this.directory = directory;
    this.limits = limits;
    this.disk = disk;
    this.records = new RecordCodec(inner.schema());
  }

  /**
   * A spool before {@code inner}.
   *
   * @param directory where it lies; of this source alone, and made if it is not there
   * @param sizeBytes the most that it takes there, at least 1 MiB
   */
  public static SpooledSource of(Source inner, Path directory, long sizeBytes) {
    return new SpooledSource(inner, directory, Limits.of(sizeBytes), SpoolDisk.REAL);
  }

  /**
   * Goes on without records that were safe in the spool, were not delivered, and are missing; they
   * are counted as dropped. By default that stops the start. Before {@link #prepare}.
   */
  public SpooledSource acceptLoss() {
    acceptLoss = true;
    return this;
  }

  static SpooledSource of(Source inner, Path directory, Limits limits, SpoolDisk disk) {
    return new SpooledSource(inner, directory, limits, disk);
  }

  @Override
  public List<Claim> claims() {
    return SpoolFolder.claims(directory, inner.claims());
  }

  @Override
  public Schema schema() {
    return inner.schema();
  }

  @Override
  public boolean repeatable() {
    return true;
  }

  @Override
  public boolean redelivers() {
    return inner.redelivers();
  }

  @Override
  public boolean carriesExtras() {
    return inner.carriesExtras();
  }

  /** Looks whether everything is there that was safe. */
  @Override
  public void prepare(Function<String, Position> resumeFrom) throws IOException {
    log = open(resumeFrom.apply("").sequence());
  }

  @Override
  public void run(SourceContext engine) throws Exception {
    context = engine;
    RecordWriter writer = engine.partition("");
    long done = engine.resumeFrom("").sequence();
    SpoolLog prepared = log;
    SpoolLog spool = prepared != null ? prepared : open(done);
    log = spool;
    if (spool.folder().lost > 0) {
      engine.dropped(spool.folder().lost);
      counted = true;
    }
    long after = Math.max(done, spool.released());
    boolean delivered = after >= spool.last() - 1;
    boolean again = !ended || (delivered && done == 0);
    if (ended && again) {
      positions.clear();
    }
    try (SpoolReader reader = new SpoolReader(spool, again && ended ? spool.last() : after)) {
      Thread source =
          Thread.ofVirtual().name("forebay-spooled-" + engine.name()).unstarted(this::runInner);
      if (again) {
        source.start();
      } else {
        spool.end();
      }
      try {
        handOver(reader, writer);
      } finally {
        asked = true;
        source.interrupt();
        if (again) {
          source.join();
        }
      }
    }
    Exception failure = innerFailure.get();
    if (failure != null) {
      throw failure;
    }
  }

  private SpoolLog open(long done) throws IOException {
    String fields = SourceHead.fields(inner.schema(), inner.carriesExtras());
    Recovered.Visitor visitor =
        new Recovered.Visitor() {
          @Override
          public void head(byte[] head) throws IOException {
            SourceHead decoded = SourceHead.decode(head);
            if (!decoded.fields().equals(fields)) {
              throw new ConfigurationException(
                  "the spool '"
                      + directory
                      + "' holds records of other fields ("
                      + decoded.fields()
                      + ", not "
                      + fields
                      + "): let the pipeline that wrote them finish, or name another path");
            }
            positions.putAll(decoded.positions());
          }

          @Override
          public void frame(long sequence, ByteBuffer payload) throws IOException {
            ended = RecordCodec.kind(payload) == RecordCodec.END;
            RecordCodec.Place place = RecordCodec.place(payload);
            if (place.sequence() > 0) {
              positions.put(place.partition(), new Position(place.sequence(), place.offset()));
            }
          }
        };
    return new SpoolLog(
        new SpoolFolder.Place(directory, limits, disk, acceptLoss),
        new SpoolFolder.Known(SpoolLog.ALL, done, true),
        new Told(),
        () -> new SourceHead(fields, positionsNow()).encode(),
        visitor,
        notice -> LOGGER.log(System.Logger.Level.WARNING, notice));
  }

  /** Called under the log's lock, before the first frame of a segment is appended. */
  private Map<String, Position> positionsNow() {
    if (!inner.repeatable()) {
      return Map.of();
    }
    Map<String, Position> now = new HashMap<>(positions);
    opened.forEach((partition, writer) -> writer.reached().ifPresent(at -> now.put(partition, at)));
    return now;
  }

  private void runInner() {
    SpoolLog spool = log;
    try {
      inner.run(new InnerContext());
      if (spool != null) {
        byte[] end = {RecordCodec.END};
        spool.append(end, end.length, null, 0, 0);
      }
    } catch (InterruptedException e) {
      if (!asked) { // Otherwise the spool keeps what is there.
        innerFailure.set(e);
      }
    } catch (Exception e) {
      innerFailure.set(e);
    } catch (Throwable e) {
      innerFailure.set(new IllegalStateException(e));
    }
    if (spool != null) {
      spool.end();
    }
  }

  private void handOver(SpoolReader reader, RecordWriter writer) throws Exception {
    while (true) {
      switch (reader.next()) {
        case END -> {
          return;
        }
        case LOST -> {
          for (long lost = reader.lostFrom(); lost <= reader.lostTo(); lost++) {
            writer.reject(
                lost, lost, "the spool '" + directory + "' is damaged where this record was", "");
          }
        }
        case FRAME -> {
          ByteBuffer payload = reader.payload();
          long sequence = reader.sequence();
          try {
            if (RecordCodec.kind(payload) != RecordCodec.END) {
              records.replay(payload, writer, sequence, sequence);
            }
          } catch (IOException e) {
            writer.reject(
                sequence,
                sequence,
                "the spool '" + directory + "' holds " + e.getMessage() + " here",
                "");
          }
        }
      }
    }
  }

  @Override
  public void acknowledged(String partition, Position position) {
    SpoolLog spool = log;
    if (spool != null) {
      if (counted) {
        spool.folder().settle(); // The counts were committed.
      }
      spool.release(position.sequence());
    }
  }

  /** Makes what was handed in durable, and closes the source. */
  @Override
  public void close() throws IOException {
    SpoolLog spool = log;
    try {
      if (spool != null) {
        if (counted) {
          spool.folder().settle();
        }
        spool.close();
      }
    } finally {
      inner.close();
    }
  }

  /** What the flusher says, handed on to the source and to the engine. */
  private final class Told implements SpoolListener {
    @Override
    public void durable(long sequence, List<Group.Reached> marks) {
      for (Group.Reached mark : marks) {
        inner.acknowledged(mark.partition, mark.position());
      }
    }

    @Override
    public void trouble(String what) {
      state.trouble(what, context);
    }
  }

  /** The engine, as the source sees it. */
  private final class InnerContext implements SourceContext {
    private SourceContext engine() {
      SourceContext outer = context;
      if (outer == null) {
        throw new IllegalStateException("the source does not run");
      }
      return outer;
    }

    @Override
    public String name() {
      return engine().name();
    }

    @Override
    public RecordWriter partition(String partition) {
      SpoolLog spool = log;
      if (spool == null) {
        throw new IllegalStateException("the source does not run");
      }
      SpoolWriter writer =
          new SpoolWriter(
              spool,
              inner.schema(),
              partition,
              inner.repeatable(),
              limits.mostPayload(),
              resumeFrom(partition));
      if (opened.putIfAbsent(partition, writer) != null) {
        throw new IllegalStateException(
            "the source '" + name() + "' opened its partition '" + partition + "' twice");
      }
      return writer;
    }

    @Override
    public Position resumeFrom(String partition) {
      return inner.repeatable()
          ? positions.getOrDefault(partition, Position.START)
          : Position.START;
    }

    @Override
    public Set<String> replacedColumns() {
      return engine().replacedColumns();
    }

    @Override
    public void state(SourceState said, String why) {
      state.said(said, why, engine());
    }

    @Override
    public void receivesOn(Executor loop) {
      engine().receivesOn(loop);
    }

    @Override
    public void dropped(long records) {
      engine().dropped(records);
    }
  }
}
