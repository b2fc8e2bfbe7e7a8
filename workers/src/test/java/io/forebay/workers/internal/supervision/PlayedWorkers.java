package io.forebay.workers.internal.supervision;

import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.slots.CallWriter;
import io.forebay.slots.CorruptSlotException;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.internal.launch.WorkerLauncher;
import io.forebay.workers.internal.launch.WorkerOutput;
import io.forebay.workers.internal.protocol.Ring;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;

/**
 * A fleet whose workers have no process: the test plays what they write into their rings and slots,
 * and when they die.
 */
final class PlayedWorkers implements AutoCloseable {
  /** A process that ends when the test says so. */
  static final class Played extends Process {
    volatile boolean killed;

    @Override
    public Process destroyForcibly() {
      killed = true;
      return this;
    }

    @Override
    public void destroy() {
      killed = true;
    }

    /** One that can do nothing but kill. */
    @Override
    public ProcessHandle toHandle() {
      return (ProcessHandle)
          Proxy.newProxyInstance(
              ProcessHandle.class.getClassLoader(),
              new Class<?>[] {ProcessHandle.class},
              (proxy, method, arguments) -> {
                if (!method.getName().equals("destroyForcibly")) {
                  throw new UnsupportedOperationException(method.getName());
                }
                return destroyForcibly().equals(this);
              });
    }

    @Override
    public long pid() {
      return Long.MAX_VALUE; // No process has it.
    }

    @Override
    public int waitFor() {
      return exitValue();
    }

    @Override
    public int exitValue() {
      return 137;
    }

    @Override
    public OutputStream getOutputStream() {
      return OutputStream.nullOutputStream();
    }

    @Override
    public InputStream getInputStream() {
      return InputStream.nullInputStream();
    }

    @Override
    public InputStream getErrorStream() {
      return InputStream.nullInputStream();
    }
  }

  private static final SlotSchema SCHEMA =
      SlotSchema.of(
          Schema.of(Field.of("id", ColumnType.INT64)),
          false,
          List.of(Schema.of(Field.of("copied", ColumnType.INT64))));
  private static final int SLOT_BYTES = 1 << 12;
  static final Duration TIMEOUT = Duration.ofSeconds(1);

  private static final Completion ANSWERED = new Completion.Lost(-1, "answered", "");

  final PoolConfig config;
  final Fleet fleet;
  final Deadlines deadlines;
  final SlotArea area;
  final MemorySegment control;
  private final int spares;
  private final WorkerOutput output;
  private final SocketChannel channel;
  private final int entries;
  private long generations;

  /** A fleet whose places are empty. */
  PlayedWorkers(int workers, int window, int spares, int slots, int rows) throws IOException {
    this(
        new PoolConfig("played", workers, window, TIMEOUT, 1 << 20),
        spares,
        SlotArea.local(slots, SLOT_BYTES),
        new WorkerOutput("played", InputStream.nullInputStream(), WorkerLog.system()),
        connected());
    StagedRow row = new StagedRow(SCHEMA);
    for (int i = 0; i < slots; i++) {
      Slot slot = slot(i);
      slot.format(rows, i);
      for (int r = 0; r < rows; r++) {
        row.clear();
        row.setLong(0, 1000L * i + r);
        slot.append(row, 0, r);
      }
    }
  }

  private PlayedWorkers(
      PoolConfig config, int spares, SlotArea area, WorkerOutput output, SocketChannel channel) {
    this.config = config;
    this.spares = spares;
    this.area = area;
    this.output = output;
    this.channel = channel;
    fleet = new Fleet(config, spares);
    deadlines = new Deadlines(fleet, TIMEOUT);
    entries = Ring.entriesFor(config.inFlightPerWorker());
    control = Arena.ofAuto().allocate((config.workers() + spares) * Ring.bytes(entries), Ring.LINE);
  }

  /** Another empty fleet with the same slots, once the one before is not used any more. */
  PlayedWorkers anew() {
    return new PlayedWorkers(config, spares, area, output, channel);
  }

  /** Bells of played workers go nowhere, but to a socket. */
  @SuppressWarnings("MustBeClosedChecker") // close() closes it
  private static SocketChannel connected() throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      SocketChannel channel = SocketChannel.open(server.getLocalAddress());
      server.accept().shutdownInput();
      channel.configureBlocking(false);
      return channel;
    }
  }

  Slot slot(int number) {
    return area.slot(number, SCHEMA);
  }

  /** The ring of that region. */
  MemorySegment memory(int region) {
    return control.asSlice(region * Ring.bytes(entries), Ring.bytes(entries));
  }

  /** A worker that was just started, with the ring of that region; not in a place yet. */
  Worker hire(int region) {
    Ring ring = Ring.create(memory(region), entries, ++generations);
    return new Worker(
        new WorkerLauncher.Start("played", "mark", region, 1 << 20),
        new Played(),
        channel,
        output,
        ring,
        null,
        entries);
  }

  int entries() {
    return entries;
  }

  /** What a worker does with a slot it has been given. */
  static void compute(Slot slot) {
    CallWriter out = slot.beginCall(0, RowShape.SAME);
    var id = slot.view(0).int64("id");
    for (int row = 0; row < slot.rows(); row++) {
      out.int64("copied").set(row, id.get(row));
    }
    out.done(1, -1);
  }

  static boolean isKilled(Worker worker) {
    return ((Played) worker.process).killed;
  }

  /**
   * Does with a call that was taken from a ring what the pool does.
   *
   * @return whether it was answered; false if it is computed once more, or given up
   */
  boolean settle(Call call, long now) {
    try {
      var _ =
          call.plainRows == Ring.IN_SLOT
              ? call.slot.result(0)
              : call.slot.plainResult(0, call.plainRows, call.ended - call.began);
    } catch (CorruptSlotException e) {
      boolean givenUp;
      fleet.lock.lock();
      try {
        givenUp = fleet.takeBack(call, String.valueOf(e.getMessage()), now);
      } finally {
        fleet.lock.unlock();
      }
      if (givenUp) {
        complete(call);
      } else {
        fleet.settling.decrementAndGet();
      }
      return false;
    }
    complete(call);
    return true;
  }

  /** The future completes: exactly once. */
  void complete(Call call) {
    boolean first = call.complete(call.lost == null ? ANSWERED : call.lost);
    fleet.settling.decrementAndGet();
    if (!first) {
      throw new AssertionError("a call was settled twice");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    area.close();
  }
}
