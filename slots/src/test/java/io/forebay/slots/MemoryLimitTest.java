package io.forebay.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much memory slots may take, on made-up systems. */
final class MemoryLimitTest {
  private static final long GIB = 1L << 30;

  @TempDir Path root;

  private void file(String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private void machine(long bytes) throws IOException {
    file("proc/meminfo", "MemTotal:       %d kB\nMemFree: 1 kB\n".formatted(bytes >> 10));
  }

  @Test
  void is_the_least_of_machine_control_groups_and_address_space() throws IOException {
    assertThat(MemoryLimit.of(root).bytes()).isEqualTo(Long.MAX_VALUE);
    machine(8 * GIB);
    assertThat(MemoryLimit.of(root)).isEqualTo(new MemoryLimit(8 * GIB, "this machine has"));
    file("proc/self/cgroup", "0::/system.slice/forebay.service\n");
    file("sys/fs/cgroup/system.slice/forebay.service/memory.max", "max\n");
    file("sys/fs/cgroup/system.slice/memory.max", 4 * GIB + "\n");
    assertThat(MemoryLimit.of(root).bytes()).isEqualTo(4 * GIB);
    file("sys/fs/cgroup/memory.max", 2 * GIB + "\n");
    assertThat(MemoryLimit.of(root).what()).startsWith("the control group");
    assertThat(MemoryLimit.of(root).bytes()).isEqualTo(2 * GIB);
    file("proc/self/limits", "Max address space         1073741824           unlimited    bytes\n");
    assertThat(MemoryLimit.of(root))
        .isEqualTo(new MemoryLimit(GIB, "this process may map (ulimit -v)"));
    file("proc/self/limits", "Max address space         unlimited            unlimited    bytes\n");
    file("proc/self/cgroup", "5:cpu,memory:/../../elsewhere\n");
    file("sys/fs/cgroup/memory/memory.limit_in_bytes", GIB / 2 + "\n");
    assertThat(MemoryLimit.of(root).bytes()).isEqualTo(GIB / 2);
    file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    assertThat(MemoryLimit.of(root).bytes()).isEqualTo(8 * GIB);
  }

  @ParameterizedTest
  @CsvSource({
    "4096, 1073741824, '4096 slots of 1 GiB take 4 TiB, but slots can take three quarters of the"
        + " 8 GiB that this machine has: make the forebay smaller (6 slots of that size fit, or"
        + " 4096 slots of 1.5 MiB fit)'",
    "7, 1073741824, '7 slots of 1 GiB take 7 GiB, but slots can take three quarters of the 8 GiB"
        + " that this machine has: make the forebay smaller (6 slots of that size fit, or 7 slots"
        + " of 877.7 MiB fit)'",
    "2147483647, 1073741824, '2147483647 slots of 1 GiB take 1.9 EiB, but slots can take three"
        + " quarters of the 8 GiB that this machine has: make the forebay smaller (6 slots of that"
        + " size fit)'",
  })
  void refuses_slots_that_have_no_room_and_says_what_fits(int slots, long bytes, String sentence)
      throws IOException {
    machine(8 * GIB);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> MemoryLimit.of(root).check(slots, bytes))
        .withMessage(sentence);
  }

  @Test
  void takes_what_fits() throws IOException {
    machine(8 * GIB);
    assertThatCode(() -> MemoryLimit.of(root).check(6, GIB)).doesNotThrowAnyException();
    assertThatCode(() -> MemoryLimit.of(root).check(32, 1 << 20)).doesNotThrowAnyException();
    assertThatCode(() -> MemoryLimit.here().check(2, 4096)).doesNotThrowAnyException();
  }

  @Test
  void refuses_slots_that_are_too_small_for_the_columns_before_there_are_any() {
    Schema many =
        Schema.of(
            IntStream.range(0, 200)
                .mapToObj(i -> Field.of("f" + i, ColumnType.STRING))
                .toArray(Field[]::new));
    SlotSchema schema = SlotSchema.of(many, false, List.of());
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> SlotArea.check(2, 4096, schema))
        .withMessageMatching(
            "slots of 4096 bytes are too small for 202 columns: give them at least \\d+ bytes");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> SlotArea.check(Integer.MAX_VALUE, SlotArea.MAX_SLOT_BYTES, schema))
        .withMessageStartingWith("2147483647 slots of 1 GiB take 1.9 EiB, but slots can take");
  }
}
