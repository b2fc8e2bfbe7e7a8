package io.forebay.workers.internal.protocol;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The descriptors of the batches that one worker has been given, in memory that it shares with the
 * engine. All words are little endian; positions count from 0 and never wrap; entry {@code p} lies
 * at place {@code p mod entries}.
 *
 * <pre>
 *      0  magic int32 "FBRG" | version int32 | entries int32 | 0 | generation int64     engine, once
 *     64  tail int64: entries before it have been written | taken int64: entries        engine
 *         before it have been taken back, and the memory of their answers is free
 *    128  head int64: entries before it are done | begun int64: the one before it is    worker
 *         the last that was begun | began int64: when it was, nanoseconds
 *    192  wake int64: from which head on the engine wants a byte through the socket     engine
 *    256  sleeping int32: 1 while the worker waits for a byte through the socket        both
 *    320  beat int64: the worker's clock, some times a second | gc int64: time in       worker
 *         garbage collections | lock int64: time in which calls waited for a lock
 *    384  entries of 64 bytes:
 *         +0  ticket int64 | slot int32 | flags int32 (bit 0: record by record,         engine
 *             bit 1: withdrawn, bit 2: one record only) | buffer int32: where to
 *             answer, if the stage is protected | row int32: the one record
 *         +24 plain int32: 1 + rows, where every row was kept and that is all there is  worker
 *             to answer; 0, which the engine has put there: the answer lies in the slot
 *         +32 began int64 | ended int64 | ticket int64 again                            worker
 *         +56 seal int64: what its reply buffer holds, where the stage is protected     worker
 * </pre>
 *
 * <p>Where the stage is protected, the words that the worker writes lie at the same places in
 * {@link ReplyMemory}, and it can only read the others.
 *
 * <p>Who may do what: the engine writes an entry, then {@code tail} (release); the worker reads
 * {@code tail} (acquire), works, writes its part of the entry and then {@code head} (release). So
 * {@code [head, tail)} is exactly what has to be given to others when the worker is lost. Each side
 * publishes first and then looks whether the other sleeps; the sleeper says so first and then looks
 * once more; between the two there is a full fence on each side, so that one of both sees the
 * other. A ring serves one process and is never given to another one while that process lives.
 */
public final class Ring {
  public static final int MAGIC = 0x47524246;
  static final int VERSION = 1;
  public static final long LINE = 64;

  /** No head: the engine does not want to be woken. */
  static final long NEVER = Long.MAX_VALUE;

  /** Not {@link #plainRows}: the answer lies in the slot. */
  public static final int IN_SLOT = -1;

  /** Flag of an entry: the batch has cost a worker, call the function record by record. */
  public static final int SINGLY = 1;

  /** Flag of an entry: nobody wants its result any more, pass it by. */
  public static final int WITHDRAWN = 2;

  /** Flag of an entry: only one of its records is called, and the answer is that it returned. */
  public static final int ALONE = 4;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS = INT.varHandle();
  private static final VarHandle LONGS = LONG.varHandle();

  private static final long TAIL = LINE;
  private static final long TAKEN = TAIL + 8;
  private static final long HEAD = 2 * LINE;
  private static final long BEGUN = HEAD + 8;
  private static final long BEGAN = HEAD + 16;
  private static final long WAKE = 3 * LINE;
  private static final long SLEEPING = 4 * LINE;
  private static final long BEAT = 5 * LINE;
  private static final long GC = BEAT + 8;
  private static final long LOCK = BEAT + 16;
  private static final long ENTRIES = 6 * LINE;

  private static final long TICKET = 0;
  private static final long SLOT = 8;
  private static final long FLAGS = 12;
  private static final long BUFFER = 16;
  private static final long ROW = 20;
  private static final long PLAIN = 24;
  private static final long ENTRY_BEGAN = 32;
  private static final long ENTRY_ENDED = 40;
  private static final long ENTRY_TICKET = 48;
  private static final long SEAL = 56;

  private final MemorySegment memory;

  /** Where the worker's words are. */
  private final MemorySegment answers;

  private final int mask;

  /** By the worker: the wish to be woken that it has fulfilled last. */
  private long fulfilled;

  private Ring(MemorySegment memory, MemorySegment answers, int entries) {
    this.memory = memory.asSlice(0, bytes(entries));
    this.answers = answers.asSlice(0, bytes(entries));
    this.mask = entries - 1;
  }

  /** How many bytes a ring of {@code entries} needs. */
  public static long bytes(int entries) {
    return ENTRIES + entries * LINE;
  }

  /** The least power of two that holds {@code window} entries. */
  public static int entriesFor(int window) {
    return Math.max(2, Integer.highestOneBit(Math.max(1, window - 1)) << 1);
  }

  /** By the engine: an empty ring for a process that has not started yet. */
  public static Ring create(MemorySegment memory, int entries, long generation) {
    return create(memory, memory, entries, generation);
  }

  /** As the other one, with the worker's words elsewhere. */
  public static Ring create(
      MemorySegment memory, MemorySegment answers, int entries, long generation) {
    memory.asSlice(0, bytes(entries)).fill((byte) 0);
    answers.asSlice(0, bytes(entries)).fill((byte) 0);
    memory.set(INT, 0, MAGIC);
    memory.set(INT, 4, VERSION);
    memory.set(INT, 8, entries);
    memory.set(LONG, 16, generation);
    Ring ring = new Ring(memory, answers, entries);
    ring.wake(1);
    return ring;
  }

  /** By the worker: the ring that the engine has made for it. */
  static Ring attach(MemorySegment memory, int entries, long generation) {
    return attach(memory, memory, entries, generation);
  }

  /** As the other one, with the worker's words elsewhere. */
  static Ring attach(MemorySegment memory, MemorySegment answers, int entries, long generation) {
    if (memory.get(INT, 0) != MAGIC
        || memory.get(INT, 4) != VERSION
        || memory.get(INT, 8) != entries
        || memory.get(LONG, 16) != generation) {
      throw new IllegalStateException("there is no ring of this worker in the shared memory");
    }
    return new Ring(memory, answers, entries);
  }

  // ------------------------------------------------------------------ engine

  /** Writes entry {@code position}, and then that it is there. */
  public void push(long position, long ticket, int slot, int flags) {
    push(position, ticket, slot, flags, 0);
  }

  /** As the other one; with the flag {@link #ALONE}, {@code row} is the only one to be called. */
  public void push(long position, long ticket, int slot, int flags, int row) {
    long entry = entry(position);
    memory.set(INT, entry + ROW, row);
    memory.set(LONG, entry + TICKET, ticket);
    memory.set(INT, entry + SLOT, slot);
    memory.set(INT, entry + FLAGS, flags);
    answers.set(INT, entry + PLAIN, 0);
    LONGS.setRelease(memory, TAIL, position + 1);
  }

  /** Before a push: says which of its own buffers the worker is to answer in. */
  public void buffer(long position, int buffer) {
    memory.set(INT, entry(position) + BUFFER, buffer);
  }

  /** Marks an entry that was pushed with these flags as withdrawn; the worker may miss it. */
  public void withdraw(long position, int flags) {
    INTS.setVolatile(memory, entry(position) + FLAGS, flags | WITHDRAWN);
  }

  /** After a push: whether the worker slept; it counts as awake afterwards. */
  public boolean takeSleeping() {
    VarHandle.fullFence();
    return (int) INTS.getVolatile(answers, SLEEPING) != 0
        && (int) INTS.getAndSet(answers, SLEEPING, 0) != 0;
  }

  /** Asks for a byte through the socket when {@code head} has come to {@code position}. */
  public void wake(long position) {
    LONGS.setVolatile(memory, WAKE, position);
  }

  public long head() {
    return (long) LONGS.getVolatile(answers, HEAD);
  }

  /** Whether everything that was pushed is done; may be asked by any thread. */
  public boolean isIdle() {
    return (long) LONGS.getAcquire(answers, HEAD) == (long) LONGS.getAcquire(memory, TAIL);
  }

  /** One more than the position of the entry begun last; those withdrawn in time never are. */
  public long begun() {
    return (long) LONGS.getAcquire(answers, BEGUN);
  }

  /** When the entry begun last was begun. */
  public long began() {
    return (long) LONGS.getOpaque(answers, BEGAN);
  }

  public long beat() {
    return (long) LONGS.getOpaque(answers, BEAT);
  }

  /** How long the worker's garbage collections have lasted, by its word. */
  public long gcNanos() {
    return Math.max(0, (long) LONGS.getOpaque(answers, GC));
  }

  /** How long its calls have waited for locks that other threads had, by its word. */
  public long lockNanos() {
    return Math.max(0, (long) LONGS.getOpaque(answers, LOCK));
  }

  public long entryBegan(long position) {
    return answers.get(LONG, entry(position) + ENTRY_BEGAN);
  }

  public long entryEnded(long position) {
    return answers.get(LONG, entry(position) + ENTRY_ENDED);
  }

  /** The ticket that the worker has answered. */
  public long entryAnswered(long position) {
    return answers.get(LONG, entry(position) + ENTRY_TICKET);
  }

  /** What the worker says that its reply buffer held when the call had ended. */
  public long seal(long position) {
    return answers.get(LONG, entry(position) + SEAL);
  }

  /** Says that the answers before {@code position} were taken, and their buffers are free. */
  public void taken(long position) {
    LONGS.setRelease(memory, TAKEN, position);
  }

  /** How many rows were kept, if the answer is no more than that; {@link #IN_SLOT} otherwise. */
  public int plainRows(long position) {
    return answers.get(INT, entry(position) + PLAIN) - 1;
  }

  // ------------------------------------------------------------------ worker

  public long tail() {
    return (long) LONGS.getAcquire(memory, TAIL);
  }

  public int slot(long position) {
    return memory.get(INT, entry(position) + SLOT);
  }

  /** Which buffer the answer goes into. */
  public int buffer(long position) {
    return memory.get(INT, entry(position) + BUFFER);
  }

  int flags(long position) {
    return memory.get(INT, entry(position) + FLAGS);
  }

  /** The record that an entry with the flag {@link #ALONE} is about. */
  public int row(long position) {
    return memory.get(INT, entry(position) + ROW);
  }

  /**
   * Says that entry {@code position} is begun now, unless it was withdrawn: whoever sees that it is
   * begun knows that it is not passed by.
   *
   * @return its flags
   */
  public int begin(long position, long nanos) {
    int flags = flags(position);
    if ((flags & WITHDRAWN) == 0) {
      LONGS.setOpaque(answers, BEGAN, nanos);
      LONGS.setRelease(answers, BEGUN, position + 1);
    }
    return flags;
  }

  /** Whether all answers before {@code position} were taken. */
  public boolean isTaken(long position) {
    return (long) LONGS.getAcquire(memory, TAKEN) >= position;
  }

  /** Before {@link #finish}: notes what the entry's reply buffer holds. */
  public void seal(long position, long seal) {
    answers.set(LONG, entry(position) + SEAL, seal);
  }

  /**
   * Says that entry {@code position} is done.
   *
   * @param plainRows how many rows it had, if all were kept and only columns of fixed width without
   *     nulls were written; {@link #IN_SLOT} otherwise
   */
  public void finish(long position, int plainRows, long began, long ended) {
    long entry = entry(position);
    answers.set(INT, entry + PLAIN, plainRows + 1);
    answers.set(LONG, entry + ENTRY_BEGAN, began);
    answers.set(LONG, entry + ENTRY_ENDED, ended);
    answers.set(LONG, entry + ENTRY_TICKET, memory.get(LONG, entry + TICKET));
    LONGS.setRelease(answers, HEAD, position + 1);
  }

  /**
   * Whether the engine wants a byte through the socket, now that {@code head} entries are done; it
   * counts as sent afterwards. A wish that comes at this very moment may be overlooked unless
   * {@link #settleHead} was called before.
   */
  public boolean takeWakeRequest(long head) {
    long wish = (long) LONGS.getOpaque(memory, WAKE);
    if (wish > head || wish == fulfilled) {
      return false;
    }
    fulfilled = wish;
    return true;
  }

  /** Makes sure that the engine sees the head, or the worker sees the engine's wish. */
  public void settleHead() {
    VarHandle.fullFence();
  }

  /** Says that the worker sleeps; false if there is an entry at {@code head} after all. */
  public boolean sleep(long head) {
    INTS.setVolatile(answers, SLEEPING, 1);
    if ((long) LONGS.getVolatile(memory, TAIL) != head) {
      awake();
      return false;
    }
    return true;
  }

  public void awake() {
    INTS.setVolatile(answers, SLEEPING, 0);
  }

  public void beat(long nanos) {
    LONGS.setOpaque(answers, BEAT, nanos);
  }

  /** Says how long collections have lasted, and calls have waited for locks, since the start. */
  public void waits(long gcNanos, long lockNanos) {
    LONGS.setOpaque(answers, GC, gcNanos);
    LONGS.setOpaque(answers, LOCK, lockNanos);
  }

  private long entry(long position) {
    return ENTRIES + (position & mask) * LINE;
  }
}
