package io.forebay.slots;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Batch;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.StringColumn;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The bytes of one slot before and after a call, as docs/specs/batch-layout.md shows them; workers
 * in other languages are tested against the same files. {@code -Dforebay.golden=write} writes them
 * anew: only together with a new layout version.
 */
class GoldenSlotTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden");
  private static final int SLOT_BYTES = 8192;
  private static final int BYTES_PER_LINE = 16;

  private static final Schema INPUT =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.nullable("value", ColumnType.FLOAT64),
          Field.of("ok", ColumnType.BOOL),
          Field.of("raw", ColumnType.BINARY),
          Field.of("wave", ColumnType.FLOAT64_LIST),
          Field.of("count", ColumnType.INT32),
          Field.of("gain", ColumnType.FLOAT32));
  private static final Schema OUTPUT =
      Schema.of(
          Field.nullable("feature", ColumnType.FLOAT64), Field.of("label", ColumnType.STRING));
  private static final SlotSchema SCHEMA = SlotSchema.of(INPUT, true, List.of(OUTPUT));

  private final SlotArea area = SlotArea.local(1, SLOT_BYTES);
  private final Slot slot = area.slot(0, SCHEMA);

  @AfterEach
  void close() {
    area.close();
  }

  private void fill() {
    StagedRow row = new StagedRow(SCHEMA);
    slot.format(4, 0x1122334455667788L);
    for (int i = 0; i < 3; i++) {
      row.clear();
      bytes(row, 0, i == 1 ? "hall-β" : "hall-a");
      row.setLong(1, 1_700_000_000_000L + i);
      if (i != 1) {
        row.setDouble(2, 20.5 + i);
      }
      row.setBool(3, i == 2);
      bytes(row, 4, "x".repeat(i));
      row.setDoubles(5, new double[] {1, -2, 0.5}, 0, i + 1);
      row.setLong(6, -i);
      row.setDouble(7, 0.25 * i);
      if (i == 0) {
        byte[] extras = "\"unit\":\"C\"".getBytes(StandardCharsets.UTF_8);
        row.setExtras(extras, 0, extras.length);
      }
      assertThat(slot.append(row, i % 2, 10 + i)).isTrue();
    }
    slot.publish(0);
  }

  private static void bytes(StagedRow row, int column, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    row.setBytes(column, utf8, 0, utf8.length);
  }

  private static void call(Slot slot) {
    Batch in = slot.view(0);
    CallWriter out = slot.beginCall(0, RowShape.FEWER);
    slot.crashCursor(2);
    out.float64("feature").set(0, in.float64("value").get(0) * 2);
    out.string("label").set(0, "warm");
    out.string("label").set(2, "é");
    out.filter(1);
    out.reject(2, "too hot", "at row 2");
    out.done(1000, 900, 90);
  }

  @Test
  void has_the_golden_bytes_when_published_and_when_called() throws IOException {
    fill();
    compare("published.hex", slot.memory());
    // In the engine's process a call counts as a submission of its own; a worker's does not.
    int submission = slot.memory().get(SlotLayout.INT, SlotLayout.SUBMISSION_AT);
    call(slot);
    slot.memory().set(SlotLayout.INT, SlotLayout.ECHO_AT, submission);
    compare("done.hex", slot.memory());
  }

  @Test
  void reads_the_golden_bytes_when_attached() throws IOException {
    try (SlotArea shared = SlotArea.shared(1, SLOT_BYTES, 0);
        SlotArea other = SlotArea.attach(shared.path().orElseThrow(), 1, SLOT_BYTES, 0)) {
      Slot worker = other.slot(0, SCHEMA);
      MemorySegment.copy(read("published.hex"), 0, worker.memory(), 0, SLOT_BYTES);
      Batch view = worker.view(0);
      assertThat(worker.sequence()).isEqualTo(0x1122334455667788L);
      assertThat(view.rows()).isEqualTo(3);
      StringColumn ids = view.string("sensorId");
      assertThat(ids.isDictionaryEncoded()).isTrue();
      assertThat(ids.dictionarySize()).isEqualTo(2);
      for (int row = 0; row < 3; row++) {
        assertThat(ids.get(row)).isEqualTo(row == 1 ? "hall-β" : "hall-a");
        assertThat(view.int64("timestamp").get(row)).isEqualTo(1_700_000_000_000L + row);
        assertThat(view.float64("value").isNull(row)).isEqualTo(row == 1);
        assertThat(view.bool("ok").get(row)).isEqualTo(row == 2);
        assertThat(view.binary("raw").get(row)).asString().isEqualTo("x".repeat(row));
        assertThat(view.list("wave").length(row)).isEqualTo(row + 1);
        assertThat(view.int32("count").get(row)).isEqualTo(-row);
        assertThat(view.float32("gain").get(row)).isEqualTo(0.25f * row);
        assertThat(view.partition(row)).isEqualTo(row % 2);
        assertThat(view.sequence(row)).isEqualTo(10 + row);
        assertThat(view.extras().orElseThrow().isNull(row)).isEqualTo(row > 0);
      }
      assertThat(view.float64("value").get(2)).isEqualTo(22.5);
      assertThat(view.list("wave").get(2)).containsExactly(1, -2, 0.5);
      assertThat(view.extras().orElseThrow().get(0)).isEqualTo("\"unit\":\"C\"");
      call(worker);
      compare("done.hex", worker.memory());
      assertThat(worker.sealReply(0)).isEqualTo(241_602_422); // The Python side has the same.
    }
  }

  @Test
  void believes_the_golden_bytes_when_a_worker_has_written_them() throws IOException {
    fill();
    MemorySegment.copy(read("done.hex"), 0, slot.memory(), 0, SLOT_BYTES);
    CallResult result = slot.result(0);
    assertThat(result)
        .isEqualTo(
            new CallResult(
                0,
                3,
                1,
                1,
                List.of(new CallResult.RejectedRow(2, "too hot", "at row 2")),
                -1,
                1000,
                900,
                90));
    assertThat(slot.crashCursor()).isEqualTo(2);
    assertThat(slot.keep(result)).isTrue();
    Batch view = slot.view(1);
    assertThat(view.rows()).isEqualTo(1);
    assertThat(view.float64("feature").get(0)).isEqualTo(41);
    assertThat(view.string("label").get(0)).isEqualTo("warm");
    assertThat(view.string("sensorId").get(0)).isEqualTo("hall-a");
  }

  private static void compare(String name, MemorySegment memory) throws IOException {
    List<String> lines = lines(memory.toArray(ValueLayout.JAVA_BYTE));
    Path file = FOLDER.resolve(name);
    if ("write".equals(System.getProperty("forebay.golden"))) {
      Files.createDirectories(FOLDER);
      Files.write(file, lines);
    }
    assertThat(lines).isEqualTo(Files.readAllLines(file));
  }

  /** One line for each 16 bytes that are not all zero: place, colon, bytes. */
  private static List<String> lines(byte[] bytes) {
    List<String> lines = new ArrayList<>();
    HexFormat hex = HexFormat.ofDelimiter(" ");
    for (int at = 0; at < bytes.length; at += BYTES_PER_LINE) {
      boolean zero = true;
      for (int i = at; i < at + BYTES_PER_LINE; i++) {
        zero &= bytes[i] == 0;
      }
      if (!zero) {
        lines.add("%04x: %s".formatted(at, hex.formatHex(bytes, at, at + BYTES_PER_LINE)));
      }
    }
    return lines;
  }

  private static MemorySegment read(String name) throws IOException {
    byte[] bytes = new byte[SLOT_BYTES];
    for (String line : Files.readAllLines(FOLDER.resolve(name))) {
      int at = Integer.parseInt(line, 0, 4, 16);
      byte[] part = HexFormat.ofDelimiter(" ").parseHex(line.substring(6));
      System.arraycopy(part, 0, bytes, at, part.length);
    }
    return MemorySegment.ofArray(bytes);
  }
}
