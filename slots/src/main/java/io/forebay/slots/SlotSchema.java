package io.forebay.slots;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.util.ArrayList;
import java.util.List;

/**
 * The physical columns of a pipeline's slots: the engine's own columns (partition, sequence and,
 * where sources carry them, extras), the fields of the sources, and the output columns of every
 * stage, each in a place of its own, so that a stage that is called again finds its input intact.
 * Maps what each stage sees to these columns. Immutable.
 */
public final class SlotSchema {
  /** Physical column 0: which partition the row comes from, int32. */
  public static final int PARTITION = 0;

  /** Physical column 1: the row's sequence in its partition, int64. */
  public static final int SEQUENCE = 1;

  /** Physical column 2, where there is one: undeclared members. */
  static final int EXTRAS = 2;

  private final Schema input;
  private final boolean extras;
  private final List<Schema> outputs;
  private final List<Field> columns;
  private final int[] firstOutput;
  private final List<Schema> views;
  private final int[][] viewColumns;

  private SlotSchema(Schema input, boolean extras, List<Schema> outputs) {
    this.input = input;
    this.extras = extras;
    this.outputs = List.copyOf(outputs);
    List<Field> physical = new ArrayList<>();
    physical.add(Field.of(Field.RESERVED_PREFIX + "partition", ColumnType.INT32));
    physical.add(Field.of(Field.RESERVED_PREFIX + "sequence", ColumnType.INT64));
    if (extras) {
      physical.add(Field.nullable(Field.RESERVED_PREFIX + "extras", ColumnType.STRING));
    }
    int[] map = new int[input.size()];
    for (int i = 0; i < map.length; i++) {
      map[i] = physical.size();
      physical.add(allowed(input.field(i)));
    }
    this.firstOutput = new int[outputs.size()];
    this.viewColumns = new int[outputs.size() + 1][];
    this.viewColumns[0] = map;
    List<Schema> seen = new ArrayList<>();
    seen.add(input);
    for (int stage = 0; stage < outputs.size(); stage++) {
      Schema before = seen.get(stage);
      Schema after = before.plus(outputs.get(stage));
      firstOutput[stage] = physical.size();
      for (Field field : outputs.get(stage).fields()) {
        physical.add(allowed(field));
      }
      viewColumns[stage + 1] = map(stage, before, after);
      seen.add(after);
    }
    this.columns = List.copyOf(physical);
    this.views = List.copyOf(seen);
  }

  private int[] map(int stage, Schema before, Schema after) {
    int[] map = new int[after.size()];
    for (int i = 0; i < map.length; i++) {
      int output = outputs.get(stage).indexOf(after.field(i).name());
      map[i] =
          output >= 0
              ? firstOutput[stage] + output
              : viewColumns[stage][before.indexOf(after.field(i).name())];
    }
    return map;
  }

  private static Field allowed(Field field) {
    if (field.name().startsWith(Field.RESERVED_PREFIX)) {
      throw new ConfigurationException(
          "the field '"
              + field.name()
              + "' begins with '"
              + Field.RESERVED_PREFIX
              + "', which is kept for the engine's own columns: give it another name");
    }
    return field;
  }

  /**
   * The physical columns for these sources and stages.
   *
   * @param input the union of the sources' fields
   * @param extras whether there is a column for undeclared members (physical column 2)
   * @param stageOutputs the output columns of each stage, in order
   * @throws ConfigurationException if an output clashes with a column of another type
   */
  public static SlotSchema of(Schema input, boolean extras, List<Schema> stageOutputs) {
    return new SlotSchema(input, extras, stageOutputs);
  }

  /** How many stages there are. */
  public int stages() {
    return outputs.size();
  }

  /** How many physical columns there are. */
  public int size() {
    return columns.size();
  }

  /** A physical column. */
  public Field column(int physical) {
    return columns.get(physical);
  }

  /** Whether there is a column for undeclared members. */
  public boolean hasExtras() {
    return extras;
  }

  /** The physical column of field {@code index} of the sources' union schema. */
  public int inputColumn(int index) {
    return viewColumns[0][index];
  }

  /** What stage {@code stage} is given; {@code view(stages())} is what sinks are given. */
  public Schema view(int stage) {
    return views.get(stage);
  }

  /** What stage {@code stage} writes. */
  public Schema outputs(int stage) {
    return outputs.get(stage);
  }

  /** The physical column of the first field of the sources; the others follow. */
  int firstInput() {
    return extras ? EXTRAS + 1 : EXTRAS;
  }

  /** The sources' union schema. */
  Schema input() {
    return input;
  }

  /** The physical columns of {@link #view}, in its order; not to be changed. */
  int[] viewColumns(int stage) {
    return viewColumns[stage];
  }

  /** The physical column of the first output of {@code stage}; the others follow. */
  int firstOutput(int stage) {
    return firstOutput[stage];
  }

  /** How many physical columns there are without the outputs of {@code stage} and later stages. */
  int columnsBefore(int stage) {
    return stage < firstOutput.length ? firstOutput[stage] : columns.size();
  }
}
