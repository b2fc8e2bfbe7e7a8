package io.forebay.workers.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.slots.SlotSchema;
import io.forebay.testkit.Seed;
import io.forebay.workers.api.FunctionSpec;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The bytes of frames and ring, as docs/specs/worker-protocol.md shows them; workers in other
 * languages are tested against the same files. {@code -Dforebay.golden=write} writes them anew:
 * only together with a new version of the protocol.
 */
final class GoldenProtocolTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden");
  private static final int BYTES_PER_LINE = 16;

  private static final Schema INPUT =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.nullable("value", ColumnType.FLOAT64));
  private static final Schema OUTPUTS =
      Schema.of(Field.of("normalized", ColumnType.FLOAT64), Field.nullable("β", ColumnType.STRING));

  private static final Assignment ASSIGNMENT =
      new Assignment(
          4711,
          new Assignment.Memory(Path.of("/proc/4711/fd/9"), 32, 1 << 20, 4096),
          Optional.of(new Assignment.Reply(Path.of("/proc/4711/fd/10"), 3, 1, 6)),
          1536,
          8,
          5,
          0,
          SlotSchema.of(INPUT, true, List.of(OUTPUTS, Schema.of())),
          new FunctionSpec("com.acme.Features", Map.of("window", "9", "mode", "fast")),
          RowShape.FEWER,
          OUTPUTS);

  @Test
  void frames_have_the_golden_bytes_when_they_are_encoded() throws IOException {
    byte[] token = new byte[Frame.TOKEN_BYTES];
    for (int i = 0; i < token.length; i++) {
      token[i] = (byte) i;
    }
    check("hello", Payload.empty().putLong(4711).put(token).frame(Frame.HELLO));
    check("configure", ASSIGNMENT.encode());
    check("ready", Payload.empty().frame(Frame.READY));
    check("refused", Payload.empty().putText("no model file: größer").frame(Frame.REFUSED));
  }

  @Test
  void assignment_is_the_same_when_it_has_been_decoded() throws IOException {
    Assignment decoded = Assignment.decode(ASSIGNMENT.encode());
    assertThat(decoded).usingRecursiveComparison().ignoringFields("schema").isEqualTo(ASSIGNMENT);
    assertThat(decoded.schema().view(1)).isEqualTo(ASSIGNMENT.schema().view(1));
    assertThat(decoded.schema().stages()).isEqualTo(2);
    assertThat(decoded.schema().hasExtras()).isTrue();
    assertThat(decoded.schema().view(2)).isEqualTo(ASSIGNMENT.schema().view(2));
  }

  @Test
  void ring_has_the_golden_bytes_when_an_entry_is_done_and_another_begun() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(Ring.bytes(2), Ring.LINE);
      memory.fill((byte) 0x55);
      Ring engine = Ring.create(memory, 2, 5);
      Ring worker = Ring.attach(memory, 2, 5);
      engine.push(0, 0x1122334455667788L, 7, 0);
      engine.push(1, 0x1122334455667789L, 8, Ring.SINGLY);
      engine.wake(2);
      worker.beat(1000);
      worker.waits(1007, 1008);
      worker.begin(0, 1001);
      worker.finish(0, 19, 1002, 1003);
      assertThat(worker.takeWakeRequest(1)).isFalse();
      worker.begin(1, 1004);
      assertThat(worker.sleep(2)).isTrue();
      check("ring", memory.toArray(ValueLayout.JAVA_BYTE));
      assertThat(engine.gcNanos()).isEqualTo(1007);
      assertThat(engine.lockNanos()).isEqualTo(1008);
      assertThat(engine.takeSleeping()).isTrue();
      assertThat(engine.takeSleeping()).isFalse();
      assertThat(engine.isIdle()).isFalse();
      assertThat(engine.plainRows(0)).isEqualTo(19);
      assertThat(engine.plainRows(1)).isEqualTo(Ring.IN_SLOT);
      worker.finish(1, Ring.IN_SLOT, 1005, 1006);
      assertThat(worker.takeWakeRequest(2)).isTrue();
      assertThat(worker.takeWakeRequest(2)).isFalse();
      assertThat(engine.isIdle()).isTrue();
      assertThat(engine.entryAnswered(1)).isEqualTo(0x1122334455667789L);
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> Ring.attach(memory, 2, 6));
    }
  }

  @Test
  void refuses_frames_when_they_are_of_another_version_or_too_long() {
    refuses("00000000 0300 0200", IOException.class, "version 2");
    refuses("01001000 0300 0100", IOException.class, "with 1048577 bytes");
    refuses("ffffffff 0300 0100", IOException.class, "with -1 bytes");
    refuses("05000000 0300 0100 00", EOFException.class, "closed");
    refuses("0500", EOFException.class, "closed");
  }

  /** Random damage never does anything but being refused. */
  @Test
  void refuses_assignments_when_they_are_damaged() throws IOException {
    long seed = Seed.of(1);
    Random random = new Random(seed);
    byte[] good = ASSIGNMENT.encode().encode().array();
    for (int i = 0; i < 50_000; i++) {
      byte[] bad = java.util.Arrays.copyOf(good, random.nextInt(good.length + 8));
      for (int damage = random.nextInt(4); damage >= 0; damage--) {
        if (bad.length > 0) {
          int at = random.nextInt(bad.length);
          bad[at] = (byte) (random.nextBoolean() ? random.nextInt() : bad[at] ^ 1 << (i & 7));
        }
      }
      assertThatRefused(bad);
    }
  }

  private static void assertThatRefused(byte[] bytes) {
    try {
      Assignment.decode(read(bytes));
      // What decodes by chance names another ring, which Ring.attach refuses.
    } catch (IOException | ConfigurationException | IllegalArgumentException e) {
      assertThat(e).hasMessageMatching("(?s).+");
    }
  }

  private static Frame read(byte[] bytes) throws IOException {
    return Frame.readFrom(Channels.newChannel(new ByteArrayInputStream(bytes)));
  }

  private static void refuses(String hex, Class<? extends Exception> type, String part) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThatExceptionOfType(type).isThrownBy(() -> read(bytes)).withMessageContaining(part);
  }

  private static void check(String name, Frame frame) throws IOException {
    byte[] bytes = frame.encode().array();
    check(name, bytes);
    Frame back = read(bytes);
    assertThat(back.type()).isEqualTo(frame.type());
    assertThat(back.payload()).isEqualTo(frame.payload());
  }

  private static void check(String name, byte[] bytes) throws IOException {
    Path file = FOLDER.resolve(name + ".hex");
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < bytes.length; at += BYTES_PER_LINE) {
      int end = Math.min(bytes.length, at + BYTES_PER_LINE);
      text.append("%04x: ".formatted(at))
          .append(HexFormat.ofDelimiter(" ").formatHex(bytes, at, end))
          .append('\n');
    }
    if ("write".equals(System.getProperty("forebay.golden"))) {
      Files.writeString(file, text.toString());
    } else if (!Files.exists(file)) {
      fail("there is no " + file);
    }
    assertThat(text).hasToString(Files.readString(file));
  }
}
