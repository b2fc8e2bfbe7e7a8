package io.forebay.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The small parts of a slot, each for itself. */
class PiecesTest {
  private final Random random = new Random(11);

  @Test
  void finds_every_value_again_when_a_dictionary_grows_and_is_cleared() {
    Dictionary dictionary = new Dictionary();
    for (int round = 0; round < 50; round++) {
      dictionary.clear();
      Map<String, Integer> expected = new HashMap<>();
      int distinct = 1 + random.nextInt(3000);
      for (int i = 0; i < 5000; i++) {
        String value = "v".repeat(random.nextInt(20)) + random.nextInt(distinct);
        byte[] bytes = ("##" + value + "#").getBytes(StandardCharsets.UTF_8);
        int entry = dictionary.find(bytes, 2, bytes.length - 3);
        assertThat(entry).isEqualTo(expected.getOrDefault(value, -1));
        if (entry < 0) {
          entry = dictionary.add(bytes, 2, bytes.length - 3);
          expected.put(value, entry);
        }
      }
      assertThat(dictionary.size()).isEqualTo(expected.size());
    }
  }

  @Test
  void agrees_with_the_decoder_when_bytes_are_or_are_not_utf8() {
    System.out.println("seed 11");
    int valid = 0;
    for (int round = 0; round < 300_000; round++) {
      byte[] bytes = new byte[random.nextInt(9)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) INTERESTING[random.nextInt(INTERESTING.length)];
      }
      int[] offsets = {0, random.nextInt(bytes.length + 1), bytes.length};
      boolean expected = decodes(bytes, 0, offsets[1]) && decodes(bytes, offsets[1], bytes.length);
      assertThat(Utf8Check.valid(MemorySegment.ofArray(bytes), 0, offsets, 2))
          .as(java.util.Arrays.toString(bytes))
          .isEqualTo(expected);
      valid += expected ? 1 : 0;
    }
    assertThat(valid).isBetween(10_000, 290_000);
  }

  private static final int[] INTERESTING = {
    'a', 'b', 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
    0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
  };

  private static boolean decodes(byte[] bytes, int from, int to) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Test
  void cuts_text_where_a_character_ends_when_it_is_too_long() {
    assertThat(Utf8Check.cut("abc", 3)).asString().isEqualTo("abc");
    assertThat(Utf8Check.cut("abcd", 3)).asString().isEqualTo("abc");
    assertThat(Utf8Check.cut("aé", 2)).asString().isEqualTo("a");
    assertThat(Utf8Check.cut("€€", 5)).asString().isEqualTo("€");
    assertThat(Utf8Check.cut("😀😀", 7)).asString(StandardCharsets.UTF_8).isEqualTo("😀");
    assertThat(Utf8Check.cut("😀", 3)).isEmpty();
    assertThat(Utf8Check.cut("", 0)).isEmpty();
  }

  @Test
  void maps_every_view_to_its_columns_when_stages_add_and_replace() {
    Schema input = Schema.of(Field.of("a", ColumnType.INT32), Field.of("b", ColumnType.STRING));
    Schema first = Schema.of(Field.of("c", ColumnType.BOOL), Field.nullable("a", ColumnType.INT32));
    Schema second = Schema.of(Field.of("a", ColumnType.INT32));
    SlotSchema schema = SlotSchema.of(input, true, List.of(first, second));
    assertThat(schema.stages()).isEqualTo(2);
    assertThat(schema.size()).isEqualTo(8);
    assertThat(schema.hasExtras()).isTrue();
    assertThat(schema.column(SlotSchema.PARTITION).name()).isEqualTo("forebay:partition");
    assertThat(schema.column(SlotSchema.SEQUENCE).type()).isEqualTo(ColumnType.INT64);
    assertThat(schema.inputColumn(1)).isEqualTo(4);
    assertThat(schema.view(0)).isEqualTo(input);
    assertThat(schema.viewColumns(1)).containsExactly(6, 4, 5);
    assertThat(schema.view(1).field("a").nullable()).isTrue();
    assertThat(schema.viewColumns(2)).containsExactly(7, 4, 5);
    assertThat(schema.view(2).field("a").nullable()).isFalse();
    assertThat(schema.columnsBefore(1)).isEqualTo(7);
    assertThat(schema.columnsBefore(2)).isEqualTo(8);
  }

  @Test
  void refuses_columns_when_they_clash() {
    Schema input = Schema.of(Field.of("a", ColumnType.INT32));
    assertThatThrownBy(
            () -> SlotSchema.of(input, false, List.of(Schema.of(Field.of("a", ColumnType.STRING)))))
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() ->
            SlotSchema.of(Schema.of(Field.of("forebay:x", ColumnType.INT32)), false, List.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("forebay:x");
  }

  @Test
  void finds_cleared_bits_when_there_are_any() {
    MemorySegment memory = MemorySegment.ofArray(new long[4]);
    for (int bits = 1; bits < 200; bits++) {
      memory.fill((byte) 0);
      Bits.setFirst(memory, 0, bits);
      assertThat(Bits.allSet(memory, 0, bits)).isTrue();
      assertThat(Bits.allSet(memory, 0, bits + 1L)).isFalse();
      int hole = random.nextInt(bits);
      Bits.set(memory, 0, hole, false);
      assertThat(Bits.get(memory, 0, hole)).isFalse();
      assertThat(Bits.allSet(memory, 0, bits)).isFalse();
      Bits.set(memory, 0, hole, true);
      int from = random.nextInt(bits);
      Bits.clear(memory, 0, from, bits);
      for (int bit = 0; bit < bits; bit++) {
        assertThat(Bits.get(memory, 0, bit)).isEqualTo(bit < from);
      }
    }
  }
}
