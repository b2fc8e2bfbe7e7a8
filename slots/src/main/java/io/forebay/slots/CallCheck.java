package io.forebay.slots;

import io.forebay.RowShape;
import io.forebay.columns.TimestampRange;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads what a call returned. Everything is copied to the heap first and then checked, so that a
 * worker that goes on writing cannot change what was found to be right.
 */
final class CallCheck {
  private static final int WORDS = 16;

  private final Slot slot;
  private final SlotSchema schema;
  private final int[] words = new int[WORDS];

  private int stage = -1;
  private int rows;
  private int outputRows;
  private RowShape shape = RowShape.SAME;
  private byte[] marks = new byte[0];
  private int[] origins = new int[0];

  CallCheck(Slot slot, SlotSchema schema) {
    this.slot = slot;
    this.schema = schema;
  }

  CallResult read(int expectedStage, int submission) {
    stage = -1;
    int status = slot.status();
    if (status != SlotLayout.STATUS_DONE && status != SlotLayout.STATUS_OVERFLOWED) {
      throw corrupt("has status " + status + ", not that of a call that has ended");
    }
    MemorySegment.copy(slot.memory(), SlotLayout.INT, SlotLayout.RESULT_AT, words, 0, WORDS);
    rows = slot.rows();
    expect("submission", word(SlotLayout.ECHO_AT), submission);
    expect("stage", word(SlotLayout.STAGE_AT), expectedStage);
    expect("rows in", word(SlotLayout.ROWS_IN_AT), rows);
    long service = longWord(SlotLayout.SERVICE_NANOS_AT);
    long cpu = longWord(SlotLayout.CPU_NANOS_AT);
    long delay = longWord(SlotLayout.RUN_DELAY_NANOS_AT);
    if (service < 0 || cpu < -1 || delay < -1) {
      throw corrupt(
          "claims a service time of "
              + service
              + " ns, a CPU time of "
              + cpu
              + " ns and a run delay of "
              + delay
              + " ns");
    }
    if (status == SlotLayout.STATUS_OVERFLOWED) {
      int row = word(SlotLayout.OVERFLOW_ROW_AT);
      if (row < 0 || row >= rows) {
        throw corrupt("says that outputs stopped to fit at row " + row + " of " + rows);
      }
      return new CallResult(expectedStage, rows, 0, 0, List.of(), row, service, cpu);
    }
    int filtered = word(SlotLayout.FILTERED_AT);
    int rejected = word(SlotLayout.REJECTED_AT);
    readShape();
    readMarks(filtered, rejected);
    int rowsOut = shape == RowShape.ANY ? readOrigins() : rows - filtered - rejected;
    int first = schema.firstOutput(expectedStage);
    int end = schema.columnsBefore(expectedStage + 1);
    for (int i = first; i < end; i++) {
      slot.buffer(i).accept(outputRows, slot.number());
    }
    List<CallResult.RejectedRow> rejections = rejected == 0 ? List.of() : readRejections();
    List<CallResult.RejectedRow> outside = rejectTimes(first, end);
    if (!outside.isEmpty()) {
      rejections =
          Stream.concat(rejections.stream(), outside.stream())
              .sorted(Comparator.comparingInt(CallResult.RejectedRow::row))
              .toList();
      rowsOut = countKept();
    }
    stage = expectedStage;
    return new CallResult(
        expectedStage, rows, rowsOut, filtered, rejections, -1, service, cpu, delay);
  }

  private void readShape() {
    shape =
        switch (word(SlotLayout.SHAPE_AT)) {
          case 0 -> RowShape.SAME;
          case 1 -> RowShape.FEWER;
          case 2 -> RowShape.ANY;
          default -> throw corrupt("has row shape " + word(SlotLayout.SHAPE_AT));
        };
    outputRows = word(SlotLayout.OUTPUT_ROWS_AT);
    boolean right =
        shape == RowShape.ANY
            ? outputRows >= 0 && outputRows <= slot.places().rowCapacity
            : outputRows == rows;
    if (!right) {
      throw corrupt("claims " + outputRows + " output rows of shape " + shape);
    }
  }

  private void readMarks(int filtered, int rejected) {
    if (filtered < 0
        || rejected < 0
        || filtered > rows - rejected
        || (filtered > 0 && shape == RowShape.SAME)) {
      throw corrupt(
          "claims " + filtered + " filtered and " + rejected + " rejected of " + rows + " rows");
    }
    if (marks.length != rows) {
      marks = new byte[rows];
    }
    if (filtered + rejected == 0) {
      Arrays.fill(marks, SlotLayout.MARK_KEPT);
      return;
    }
    MemorySegment.copy(slot.memory(), ValueLayout.JAVA_BYTE, slot.places().marksAt, marks, 0, rows);
    int seenFiltered = 0;
    int seenRejected = 0;
    for (int row = 0; row < rows; row++) {
      switch (marks[row]) {
        case SlotLayout.MARK_KEPT -> {}
        case SlotLayout.MARK_FILTERED -> seenFiltered++;
        case SlotLayout.MARK_REJECTED -> seenRejected++;
        default -> throw corrupt("has mark " + marks[row] + " at row " + row);
      }
    }
    expect("rows marked as filtered", seenFiltered, filtered);
    expect("rows marked as rejected", seenRejected, rejected);
  }

  /** Returns how many output rows continue rows that are kept. */
  private int readOrigins() {
    if (origins.length < outputRows) {
      origins = new int[Math.max(outputRows, 2 * origins.length)];
    }
    MemorySegment.copy(
        slot.memory(), SlotLayout.INT, slot.places().originsAt, origins, 0, outputRows);
    int last = 0;
    int kept = 0;
    int next = 0;
    for (int i = 0; i < outputRows; i++) {
      int origin = origins[i];
      if (origin < last || origin >= rows) {
        throw corrupt(
            "says that output row " + i + " continues row " + origin + " behind row " + last);
      }
      kept += marks[origin] == SlotLayout.MARK_KEPT ? 1 : 0;
      refuseKept(next, origin);
      last = origin;
      next = origin + 1;
    }
    refuseKept(next, rows);
    return kept;
  }

  private void refuseKept(int from, int to) {
    for (int row = from; row < to; row++) {
      if (marks[row] == SlotLayout.MARK_KEPT) {
        throw corrupt("keeps row " + row + " but has no output row for it");
      }
    }
  }

  private List<CallResult.RejectedRow> readRejections() {
    byte[] area = new byte[slot.places().rejectionsBytes];
    MemorySegment.copy(
        slot.memory(), ValueLayout.JAVA_BYTE, slot.places().rejectionsAt, area, 0, area.length);
    RejectionArea.Text[] texts =
        RejectionArea.read(area, word(SlotLayout.ENTRIES_AT), marks, slot.number());
    List<CallResult.RejectedRow> rejected = new ArrayList<>();
    for (int row = 0; row < texts.length; row++) {
      if (texts[row] != null) {
        rejected.add(new CallResult.RejectedRow(row, texts[row].reason(), texts[row].detail()));
      }
    }
    return List.copyOf(rejected);
  }

  /**
   * Marks the input rows as rejected of which an output is a timestamp that no store could read
   * back: the function's mistake, whatever it is written in.
   */
  private List<CallResult.RejectedRow> rejectTimes(int first, int end) {
    List<CallResult.RejectedRow> found = new ArrayList<>();
    for (int i = first; i < end; i++) {
      ColumnBuffer column = slot.buffer(i);
      if (!column.type.isTimestamp()) {
        continue;
      }
      long least = TimestampRange.least(column.type);
      long most = TimestampRange.most(column.type);
      for (int output = 0; output < outputRows; output++) {
        long value = slot.memory().get(SlotLayout.LONG, column.dataAt + 8L * output);
        if (value >= least && value <= most) {
          continue;
        }
        int row = shape == RowShape.ANY ? origins[output] : output;
        if (marks[row] == SlotLayout.MARK_KEPT && !isNull(column, output)) {
          marks[row] = SlotLayout.MARK_REJECTED;
          found.add(
              new CallResult.RejectedRow(
                  row,
                  "the function returned a time that cannot be stored, "
                      + column.field.name()
                      + ": "
                      + TimestampRange.problem(column.type, value),
                  ""));
        }
      }
    }
    return found;
  }

  private boolean isNull(ColumnBuffer column, int row) {
    return column.field.nullable() && !Bits.get(slot.memory(), column.validityAt, row);
  }

  private int countKept() {
    int kept = 0;
    for (int i = 0; i < outputRows; i++) {
      kept += marks[shape == RowShape.ANY ? origins[i] : i] == SlotLayout.MARK_KEPT ? 1 : 0;
    }
    return kept;
  }

  /** Whether the outputs of the last call stopped to fit because of the number of rows. */
  boolean ranOutOfRows() {
    return word(SlotLayout.SHAPE_AT) == SlotLayout.code(RowShape.ANY)
        && word(SlotLayout.OVERFLOW_ROW_AT) >= 0
        && word(SlotLayout.OUTPUT_ROWS_AT) >= slot.places().rowCapacity;
  }

  int outputRows() {
    return outputRows;
  }

  /** The output rows that {@code result} keeps, ascending. */
  int[] keptOutputs(CallResult result) {
    if (stage < 0 || stage != result.stage() || rows != result.rowsIn() || rows != slot.rows()) {
      throw new IllegalStateException(
          "slot " + slot.number() + ": this is not the result that was read last");
    }
    int[] kept = new int[result.rowsOut()];
    int count = 0;
    for (int i = 0; i < outputRows; i++) {
      int row = shape == RowShape.ANY ? origins[i] : i;
      if (marks[row] == SlotLayout.MARK_KEPT) {
        kept[count++] = i;
      }
    }
    return kept;
  }

  /** The input rows that these output rows continue. */
  int[] keptInputs(int[] outputs) {
    if (shape != RowShape.ANY) {
      return outputs;
    }
    int[] inputs = new int[outputs.length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = origins[outputs[i]];
    }
    return inputs;
  }

  private int word(int at) {
    return words[(at - SlotLayout.RESULT_AT) / 4];
  }

  private long longWord(int at) {
    return Integer.toUnsignedLong(word(at)) | (long) word(at + 4) << 32;
  }

  private void expect(String what, int found, int expected) {
    if (found != expected) {
      throw corrupt("has " + what + " " + found + ", not " + expected);
    }
  }

  private CorruptSlotException corrupt(String what) {
    return new CorruptSlotException("slot " + slot.number() + ": " + what);
  }
}
