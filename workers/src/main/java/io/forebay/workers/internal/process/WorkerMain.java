package io.forebay.workers.internal.process;

import io.forebay.errors.ConfigurationException;
import io.forebay.internal.concurrent.IdleStrategy;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.internal.binding.ErrorText;
import io.forebay.workers.internal.calls.CallThread;
import io.forebay.workers.internal.calls.GlobalState;
import io.forebay.workers.internal.calls.Initializer;
import io.forebay.workers.internal.calls.PooledFunction;
import io.forebay.workers.internal.protocol.Assignment;
import io.forebay.workers.internal.protocol.Frame;
import io.forebay.workers.internal.protocol.Payload;
import io.forebay.workers.internal.protocol.ReplyMemory;
import io.forebay.workers.internal.protocol.Ring;
import io.forebay.workers.internal.protocol.WorkerExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A worker process: connects to the engine that has started it, binds the function, and calls it on
 * the batches that come through its ring until the engine is gone. {@code
 * docs/specs/worker-protocol.md} says what is exchanged.
 *
 * <p>The main thread does everything, but for a daemon thread that gives signs of life and ends the
 * process when the engine has died, whatever the function does meanwhile.
 *
 * <p>Starting is on the way of every replacement: nothing here loads logging, native linking or
 * management classes.
 */
public final class WorkerMain {
  /** Looks at the ring so often before sleeping: some hundred nanoseconds. */
  private static final int SPINS = 20;

  /**
   * After a call as short as this the engine's wish to be woken is looked for without a fence,
   * which would wait until the other core has given up every line that the call wrote: if the wish
   * is overlooked, it is found after the next call.
   */
  private static final long SHORT_NANOS = 2_000;

  /** How often a worker looks whether its answers were taken. */
  private static final long TAKEN_NANOS = 50_000;

  private WorkerMain() {}

  /** {@code args}: the path of the engine's socket; the token comes through standard input. */
  public static void main(String[] args) {
    Path socket = Path.of(args[0]);
    try {
      byte[] token = readToken(System.in);
      try (SocketChannel engine = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        remove(socket);
        Payload.empty()
            .putLong(ProcessHandle.current().pid())
            .put(token)
            .frame(Frame.HELLO)
            .writeTo(engine);
        new CallThread(() -> run(engine)).startAndJoin();
      }
    } catch (IOException e) {
      remove(socket);
      System.err.println("the worker cannot speak to its engine: " + e.getMessage());
      Runtime.getRuntime().halt(WorkerExitCode.FAILED);
    }
  }

  /** The engine removes its socket, too, unless it is killed before. */
  private static void remove(Path socket) {
    try {
      Files.deleteIfExists(socket);
      Path folder = socket.getParent();
      if (folder != null) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      // The engine was faster.
    }
  }

  private static byte[] readToken(InputStream in) throws IOException {
    byte[] token = in.readNBytes(Frame.TOKEN_BYTES);
    in.close();
    if (token.length < Frame.TOKEN_BYTES) {
      throw new IOException("no token came through standard input");
    }
    return token;
  }

  private static void run(SocketChannel engine) {
    try {
      serve(engine);
    } catch (IOException e) {
      System.err.println("the worker cannot speak to its engine: " + e.getMessage());
      Runtime.getRuntime().halt(WorkerExitCode.FAILED);
    }
  }

  private static void serve(SocketChannel engine) throws IOException {
    Assignment assignment;
    SlotArea area;
    ReplyMemory.Part reply;
    Ring ring;
    PooledFunction function;
    try {
      Frame first = Frame.readFrom(engine);
      FunctionSpec initializer = null;
      if (first.type() == Frame.INITIALIZE) {
        initializer = Initializer.decode(first);
        first = Frame.readFrom(engine);
      }
      assignment = Assignment.decode(first);
      reply = assignment.attachReply();
      area = assignment.memory().attach(reply == null);
      ring = assignment.ring(area, reply);
      startHeartbeat(ring, assignment.enginePid());
      if (initializer != null) {
        Initializer.run(initializer);
      }
      function = bind(assignment).newPooled();
      rehearse(area);
    } catch (ConfigurationException e) {
      refuse(engine, String.valueOf(e.getMessage()));
      return;
    } catch (IOException | RuntimeException | LinkageError e) {
      refuse(engine, "the worker cannot be set up: " + ErrorText.headline(e));
      return;
    }
    Payload.empty().frame(Frame.READY).writeTo(engine);
    try {
      work(engine, assignment, area, reply, ring, function);
    } catch (OutOfMemoryError e) {
      // Also where the heap is not full, but direct memory: the virtual machine ends itself only
      // for the former.
      System.err.println("Terminating due to " + e);
      Runtime.getRuntime().halt(WorkerExitCode.OUT_OF_MEMORY);
    } catch (IOException e) {
      Grandchildren.killOwn(); // The engine is gone.
      Runtime.getRuntime().halt(0);
    } catch (Throwable e) {
      System.err.println(ErrorText.detail(e));
      Runtime.getRuntime().halt(WorkerExitCode.FAILED);
    }
  }

  /**
   * A process's first copy out of shared memory takes 4 ms: a spare has had it when it is needed.
   */
  private static void rehearse(SlotArea area) {
    MemorySegment.copy(area.control(), ValueLayout.JAVA_BYTE, 0, new byte[1], 0, 1);
  }

  private static BoundFunction bind(Assignment assignment) {
    BoundFunction bound =
        BoundFunction.toCall(assignment.function(), assignment.schema().view(assignment.stage()));
    if (!bound.outputs().equals(assignment.outputs()) || bound.rowShape() != assignment.shape()) {
      throw new ConfigurationException(
          "the function "
              + bound.name()
              + " has other outputs in the worker ("
              + bound.outputs()
              + ", "
              + bound.rowShape()
              + ") than in the engine ("
              + assignment.outputs()
              + ", "
              + assignment.shape()
              + "): let outputs() depend on nothing but its input and parameters");
    }
    return bound;
  }

  private static void refuse(SocketChannel engine, String sentence) throws IOException {
    Payload.empty().putText(sentence).frame(Frame.REFUSED).writeTo(engine);
    Runtime.getRuntime().halt(WorkerExitCode.REFUSED);
  }

  private static void startHeartbeat(Ring ring, long enginePid) {
    CallThread calls = (CallThread) Thread.currentThread();
    Thread heartbeat = new Thread(new Heartbeat(ring, enginePid, calls), "forebay-heartbeat");
    heartbeat.setDaemon(true);
    heartbeat.start();
  }

  private static void work(
      SocketChannel engine,
      Assignment assignment,
      SlotArea area,
      ReplyMemory.@Nullable Part reply,
      Ring ring,
      PooledFunction function)
      throws IOException {
    int stage = assignment.stage();
    function.keep(new GlobalState());
    IdleStrategy idle = new IdleStrategy(SPINS, MonotonicClock::nanos);
    ResourceGrowth growth = new ResourceGrowth();
    CallThread thread = (CallThread) Thread.currentThread();
    ByteBuffer bell = ByteBuffer.allocateDirect(64);
    ByteBuffer byteToEngine = ByteBuffer.allocateDirect(1);
    @Nullable Slot[] slots = new Slot[area.slots()];
    long head = 0;
    // A batch that was there already begins when the one before ends: a clock costs 25 ns.
    long now = MonotonicClock.nanos();
    while (true) {
      if (ring.tail() == head) {
        ring.settleHead();
        if (ring.takeWakeRequest(head)) {
          engine.write(byteToEngine.clear());
        }
        long next = head;
        if (!idle.awaitWork(() -> ring.tail() != next) && !sleep(ring, head, engine, bell)) {
          throw new IOException("the engine has closed the channel");
        }
        now = MonotonicClock.nanos();
      }
      int flags = ring.begin(head, now);
      if ((flags & Ring.WITHDRAWN) == 0) {
        int number = ring.slot(head);
        Slot slot = slots[number];
        if (slot == null) {
          slot = area.slot(number, assignment.schema());
          slots[number] = slot;
        }
        boolean alone = (flags & Ring.ALONE) != 0;
        boolean singly = alone || (flags & Ring.SINGLY) != 0;
        if (reply != null) {
          if (singly) {
            awaitTaken(ring, head);
          }
          int buffer = ring.buffer(head);
          slot.replyTo(buffer, reply.buffer(buffer));
        }
        thread.beginCall();
        if (alone) {
          function.callAlone(slot, stage, ring.row(head));
        } else {
          function.call(slot, stage, singly);
        }
        thread.endCall();
        now = function.meter.ended();
        int plain = Ring.IN_SLOT;
        if (reply == null) {
          plain = slot.plainRows(stage);
        } else {
          ring.seal(head, slot.sealReply(stage));
        }
        ring.finish(head, plain, function.meter.began(), now);
      } else {
        ring.finish(head, Ring.IN_SLOT, now, now);
      }
      head++;
      if (function.meter.serviceNanos() > SHORT_NANOS) {
        ring.settleHead();
      }
      if (ring.takeWakeRequest(head)) {
        engine.write(byteToEngine.clear());
      }
      if (growth.checkLimits(now)) {
        Runtime.getRuntime()
            .halt(WorkerExitCode.NEAR_LIMIT); // What waits in the ring goes to others.
      }
    }
  }

  /**
   * A batch that may have cost a worker finds nobody's answers in this process that it could spoil.
   * If the engine is gone, the heartbeat ends the process.
   */
  private static void awaitTaken(Ring ring, long head) {
    while (!ring.isTaken(head)) {
      LockSupport.parkNanos(TAKEN_NANOS);
    }
  }

  /** Returns when there is an entry at {@code head}; false if the engine is gone. */
  private static boolean sleep(Ring ring, long head, SocketChannel engine, ByteBuffer bell)
      throws IOException {
    while (ring.tail() == head) {
      if (ring.sleep(head)) {
        int read = engine.read(bell.clear());
        ring.awake();
        if (read < 0) {
          return false;
        }
      }
    }
    return true;
  }
}
