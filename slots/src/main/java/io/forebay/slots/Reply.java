package io.forebay.slots;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the call of a slot writes: into the slot, or with the same places into a buffer of its
 * worker's own, which then has no access to the slot but for reading.
 */
final class Reply {
  private static final VarHandle INT = SlotLayout.INT.varHandle();

  private final Slot slot;
  private final ReplyCopy copy;

  /** For each stage the writers of its calls, by the reply buffer that they write into. */
  private final @Nullable CallWriter[][] writers;

  private MemorySegment memory;
  private int buffer;

  Reply(Slot slot, SlotSchema schema) {
    this.slot = slot;
    this.copy = new ReplyCopy(slot, schema);
    this.writers = new CallWriter[schema.stages()][1];
    this.memory = slot.memory();
  }

  /** Into the slot itself. */
  void here() {
    memory = slot.memory();
  }

  /** By the engine: into that buffer, which holds no answer yet. */
  void to(MemorySegment replies) {
    replies.set(SlotLayout.INT, SlotLayout.STATUS_AT, SlotLayout.STATUS_NONE);
    replies.set(SlotLayout.INT, SlotLayout.CURSOR_AT, -1);
    memory = replies;
  }

  /** In a worker: into that one of its buffers. */
  void to(int number, MemorySegment replies) {
    if (number >= writers[0].length) {
      for (int stage = 0; stage < writers.length; stage++) {
        writers[stage] = Arrays.copyOf(writers[stage], number + 1);
      }
    }
    buffer = number;
    memory = replies;
  }

  /** The writer for calls of a stage into the present buffer; null if there was no call yet. */
  @Nullable CallWriter lastWriter(int stage) {
    return writers[stage][buffer];
  }

  CallWriter writer(SlotSchema schema, int stage) {
    CallWriter writer = writers[stage][buffer];
    if (writer == null) {
      writer = new CallWriter(slot, schema, stage, memory);
      writers[stage][buffer] = writer;
    }
    return writer;
  }

  int crashCursor() {
    return (int) INT.getOpaque(memory, (long) SlotLayout.CURSOR_AT);
  }

  void crashCursor(int row) {
    INT.setOpaque(memory, (long) SlotLayout.CURSOR_AT, row);
  }

  void status(int status) {
    INT.setRelease(memory, (long) SlotLayout.STATUS_AT, status);
  }

  long seal(int stage) {
    return copy.sum(memory, stage);
  }

  void take(int stage, long seal) {
    copy.take(memory, stage, seal);
    here();
  }
}
