package io.forebay.workers.internal.supervision;

import io.forebay.snapshot.WorkerSnapshot;
import io.forebay.workers.internal.launch.WorkerEnd;
import io.forebay.workers.internal.launch.WorkerLauncher;
import io.forebay.workers.internal.launch.WorkerOutput;
import io.forebay.workers.internal.process.Grandchildren;
import io.forebay.workers.internal.process.ThreadTimes;
import io.forebay.workers.internal.protocol.ReplyMemory;
import io.forebay.workers.internal.protocol.Ring;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One worker process, from its first sign of life to its confirmed end, as the engine sees it. All
 * fields but {@code channel} and {@code ring} are guarded by the pool's lock.
 */
public final class Worker {
  /** Who may have overwritten an answer after its call had ended. */
  enum Spoiled {
    /** Calls that the worker has begun since, and that are now called record by record. */
    BY_OTHERS,
    /** None of those. */
    BY_ITSELF
  }

  private static final ByteBuffer BELL = ByteBuffer.allocateDirect(1).asReadOnlyBuffer();

  /** For example {@code features worker-1}. */
  final String name;

  /** See {@link Grandchildren}. */
  final String mark;

  public final Process process;
  final SocketChannel channel;
  final WorkerOutput output;
  final Ring ring;

  /** Where it answers; null if it does so in the slots. */
  private final ReplyMemory.@Nullable Part reply;

  /** Which part of the control region it has. */
  final int region;

  /** Its place, by {@link Places}; -1 before it has one, and once another has taken it. */
  int position = -1;

  /** The place that it has, or had until another took it; -1 before it has one. */
  int home = -1;

  /** Calls that it has answered, and their rows. */
  long batches;

  long rows;

  /** What is to be retried when it is gone, besides what is in the ring. */
  final List<Call> orphans = new ArrayList<>();

  /** Why the pool has killed it; null if it has not. */
  @Nullable WorkerEnd condemned;

  /** Entries that were pushed. */
  long tail;

  /** Entries whose answers were taken. */
  long taken;

  /** When the answer taken last was given. */
  long lastEnded;

  /** By whom the answer at {@code taken} was spoiled, as far as one can tell; null if it is not. */
  @Nullable Spoiled spoiled;

  /** The worker has closed its end of the channel. */
  volatile boolean hungUp;

  boolean dead;

  /** CPU time of its process when it was looked at last; -1 if nobody tells. */
  volatile long cpuNanos = -1;

  /** What its threads had computed when a tenth of the deadline of the call since then was over. */
  @Nullable ThreadTimes watched;

  long watchedSince;

  /** Since when the entry at the head is in work, by the engine's clock, and its crash cursor. */
  private long headSince;

  private int headCursor = -1;
  private final @Nullable Call[] calls;
  private final int mask;

  /** The reply buffers that no call has; the one on top was used last. */
  private final int[] free;

  private int freeCount;

  /** For each entry of the ring its reply buffer. */
  private final int[] bufferOf;

  Worker(
      WorkerLauncher.Start start,
      Process process,
      SocketChannel channel,
      WorkerOutput output,
      Ring ring,
      ReplyMemory.@Nullable Part reply,
      int entries) {
    this.name = start.name();
    this.mark = start.mark();
    this.region = start.region();
    this.process = process;
    this.channel = channel;
    this.output = output;
    this.ring = ring;
    this.reply = reply;
    this.calls = new Call[entries];
    this.mask = entries - 1;
    this.freeCount = reply == null ? 0 : reply.buffers();
    this.free = new int[freeCount];
    for (int i = 0; i < freeCount; i++) {
      free[i] = freeCount - 1 - i;
    }
    this.bufferOf = new int[entries];
  }

  /** How many batches it has that were not taken back. */
  int load() {
    return (int) (tail - taken);
  }

  /** Whether it is in a call, by its own word. */
  boolean isCalling() {
    return load() > 0 && ring.begun() > ring.head();
  }

  /** What is to be told about it. */
  WorkerSnapshot.State state() {
    return condemned != null || dead
        ? WorkerSnapshot.State.ENDING
        : load() > 0 ? WorkerSnapshot.State.BUSY : WorkerSnapshot.State.IDLE;
  }

  /** Rows of the call at the head; 0 if there is none. */
  long batchRows() {
    return load() == 0 ? 0 : call(taken).alone() >= 0 ? 1 : call(taken).slot.rows();
  }

  /** For how long the call at the head, or its present record, has been in work; 0 if none is. */
  long batchNanos(long now) {
    return load() == 0 ? 0 : Math.max(0, now - headSince);
  }

  /** Hands a call over; the worker's memory sees the slot as it is now. */
  void push(Call call, long now, int trust) {
    call.worker = this;
    call.pushed = now;
    calls[(int) (tail & mask)] = call;
    if (tail == taken) {
      headChanged(now);
    }
    call.slot.publish(trust);
    if (reply == null) {
      call.slot.replyHere();
    } else {
      int buffer = free[--freeCount];
      bufferOf[(int) (tail & mask)] = buffer;
      ring.buffer(tail, buffer);
      call.slot.replyTo(buffer, reply.buffer(buffer));
    }
    ring.push(tail, call.ticket, call.slot.number(), flags(call), Math.max(0, call.alone()));
    tail++;
  }

  private static int flags(Call call) {
    return (call.singly() ? Ring.SINGLY : 0) | (call.alone() >= 0 ? Ring.ALONE : 0);
  }

  /** Whether it has never been given anything: nothing that was called can have changed it. */
  boolean isUnused() {
    return tail == 0;
  }

  /** Whether it has a call that nothing else may share a worker with. */
  boolean isReserved() {
    return load() > 0 && call(taken).singly();
  }

  /** The entry at the head is in work since now, if there is one. */
  void headChanged(long now) {
    headSince = now;
    headCursor = -1;
  }

  long headSince() {
    return headSince;
  }

  /** Since when the entry's record is in work that is now, where records are called one by one. */
  long recordSince(int cursor, long now) {
    if (cursor != headCursor) {
      headCursor = cursor;
      headSince = now;
    }
    return headSince;
  }

  /** The call at a position between {@code taken} and {@code tail}. */
  Call call(long position) {
    Call call = calls[(int) (position & mask)];
    if (call == null) {
      throw new IllegalStateException("no call at " + position);
    }
    return call;
  }

  /** Marks the entry of a call, so that it is passed by; false if the call is not in the ring. */
  boolean withdraw(Call call) {
    for (long position = taken; position < tail; position++) {
      if (calls[(int) (position & mask)] == call) {
        ring.withdraw(position, flags(call));
        return true;
      }
    }
    return false;
  }

  /**
   * Copies the answer at {@code taken} to its slot, if it lies elsewhere.
   *
   * @throws io.forebay.slots.CorruptSlotException if it was spoiled, or is nonsense
   */
  void takeReply() {
    if (reply != null && !call(taken).cancelled && call(taken).alone() < 0) {
      call(taken).slot.takeReply(reply.stage, ring.seal(taken));
    }
  }

  /**
   * The answer at {@code taken} was spoiled after its call had ended: by one of those that this
   * worker has begun since. They are called again record by record, with nobody's answers beside.
   *
   * @return false if they were all called so already
   */
  boolean suspectLater() {
    boolean some = false;
    long begun = Math.min(ring.begun(), tail);
    for (long position = taken + 1; position < begun; position++) {
      some |= call(position).suspect();
    }
    return some;
  }

  /** Forgets the call at {@code taken}, which was taken. */
  void drop() {
    calls[(int) (taken & mask)] = null;
    if (reply != null) {
      free[freeCount++] = bufferOf[(int) (taken & mask)];
    }
    taken++;
  }

  /** Wakes the worker if it sleeps. */
  void ring() {
    if (ring.takeSleeping()) {
      try {
        // If the socket's buffer is full, there are bytes enough in it to wake the worker.
        channel.write(BELL.duplicate());
      } catch (IOException e) {
        // It is gone, or closed by close(): its death is told by its process.
      }
    }
  }

  void kill() {
    // Process.destroyForcibly would also close its output: what it has printed last would be lost.
    process.toHandle().destroyForcibly();
  }

  void closeChannel() {
    try {
      channel.close();
    } catch (IOException e) {
      // The descriptor is released in any case.
    }
  }
}
