package io.forebay.functions.internal.sketches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.StringColumn;
import io.forebay.internal.rows.HeapBatchBuilder;
import io.forebay.testkit.Seed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DistinctSketchTest {
  private final Random random = new Random(Seed.of(12));

  private static byte[] bytes(DistinctSketch sketch) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    sketch.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static DistinctSketch of(List<Long> hashes) {
    DistinctSketch sketch = new DistinctSketch();
    hashes.forEach(sketch::add);
    return sketch;
  }

  private static List<Long> hashes(int from, int to, String text, ColumnType type) {
    HeapBatchBuilder builder = new HeapBatchBuilder(Schema.of(Field.of("of", type)), false);
    for (int i = from; i < to; i++) {
      switch (type) {
        case STRING -> builder.setString(0, text + i);
        case FLOAT64 -> builder.setDouble(0, i * 0.1);
        default -> builder.setLong(0, i);
      }
      builder.append(i + 1L, 0);
    }
    Batch batch = builder.build();
    ValueHashes of = new ValueHashes(batch.column(0));
    List<Long> hashes = new ArrayList<>();
    for (int row = 0; row < batch.rows(); row++) {
      hashes.add(of.get(row));
    }
    return hashes;
  }

  @Test
  void holds_the_same_whatever_the_order_and_the_parts() throws IOException {
    for (int round = 0; round < 30; round++) {
      List<Long> hashes = hashes(0, random.nextInt(1, 9_000), "", ColumnType.INT64);
      hashes.addAll(List.copyOf(hashes.subList(0, hashes.size() / 3)));
      byte[] whole = bytes(of(hashes));
      Collections.shuffle(hashes, random);
      assertThat(bytes(of(hashes))).isEqualTo(whole);
      DistinctSketch merged = new DistinctSketch();
      for (int from = 0; from < hashes.size(); ) {
        int to = Math.min(hashes.size(), from + 1 + random.nextInt(3_000));
        byte[] part = bytes(of(hashes.subList(from, to)));
        merged.merge(DistinctSketch.read(new DataInputStream(new ByteArrayInputStream(part))));
        from = to;
      }
      assertThat(bytes(merged)).isEqualTo(whole);
    }
  }

  @Test
  void knows_how_many_there_are_while_they_are_few() {
    List<Long> hashes = hashes(0, 2_047, "sensor-", ColumnType.STRING);
    hashes.addAll(List.copyOf(hashes));
    assertThat(of(hashes).estimate()).isEqualTo(2_047);
    assertThat(new DistinctSketch().estimate()).isZero();
  }

  @Test
  void estimates_how_many_there_are_of_many() throws IOException {
    for (ColumnType type : List.of(ColumnType.STRING, ColumnType.FLOAT64, ColumnType.INT64)) {
      for (String text : List.of("", "a long name of a sensor in the hall ")) {
        for (int count : new int[] {5_000, 200_000}) {
          DistinctSketch sketch = of(hashes(0, count, text, type));
          // Three times the standard error, and nothing here is drawn.
          assertThat((double) sketch.estimate())
              .as("%s %s", type, text)
              .isCloseTo(count, within(0.066 * count));
          assertThat(bytes(sketch).length).isEqualTo(4 + 8 * DistinctSketch.MOST);
        }
      }
    }
  }

  @Test
  void hashes_texts_alike_in_dictionaries_and_plain() {
    Field field = Field.of("of", ColumnType.STRING);
    MemorySegment texts =
        MemorySegment.ofArray("run, said the sensoridle".getBytes(StandardCharsets.UTF_8));
    MemorySegment offsets = MemorySegment.ofArray(new int[] {0, 20, 24});
    MemorySegment indices = MemorySegment.ofArray(new int[] {1, 0, 1});
    ValueHashes shared =
        new ValueHashes(StringColumn.dictionary(field, indices, offsets, texts, 2, null, 0));
    ValueHashes plain = new ValueHashes(StringColumn.plain(field, offsets, texts, null, 0));
    assertThat(shared.get(0)).isEqualTo(plain.get(1)).isEqualTo(shared.get(2));
    assertThat(shared.get(1)).isEqualTo(plain.get(0)).isNotEqualTo(plain.get(1));
  }
}
