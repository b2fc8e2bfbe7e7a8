package io.forebay.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class SlotAreaTest {
  private static final SlotSchema SCHEMA =
      SlotSchema.of(Schema.of(Field.of("x", ColumnType.INT64)), false, List.of());

  @Test
  void shows_writes_to_the_other_side_when_attached() throws IOException {
    try (SlotArea area = SlotArea.shared(3, 5000, 100)) {
      Path path = area.path().orElseThrow();
      try (SlotArea other = SlotArea.attach(path, 3, 5000, 100)) {
        area.control().set(ValueLayout.JAVA_LONG, 8, 77L);
        assertThat(other.control().get(ValueLayout.JAVA_LONG, 8)).isEqualTo(77L);
        other.slot(2, SCHEMA).memory().set(ValueLayout.JAVA_BYTE, 4999, (byte) 5);
        assertThat(area.slot(2, SCHEMA).memory().get(ValueLayout.JAVA_BYTE, 4999))
            .isEqualTo((byte) 5);
        assertThat(area.slot(1, SCHEMA).memory().get(ValueLayout.JAVA_BYTE, 4999)).isZero();
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void refuses_to_be_resized_when_another_process_tries() throws IOException {
    try (SlotArea area = SlotArea.shared(1, 1 << 16, 0)) {
      Path path = area.path().orElseThrow();
      long size = Files.size(path);
      try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
        assertThatThrownBy(() -> file.truncate(4096)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1), size))
            .isInstanceOf(IOException.class);
      }
      assertThat(Files.size(path)).isEqualTo(size);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void touches_no_memory_when_it_is_only_made() throws IOException {
    try (SlotArea area = SlotArea.shared(1024, 1 << 20, 1 << 16)) {
      Path path = area.path().orElseThrow();
      assertThat(Files.size(path)).isGreaterThan(1L << 30);
      assertThat(blocks(path)).isLessThan(100);
    }
  }

  private static long blocks(Path path) throws IOException {
    try {
      Process stat = new ProcessBuilder("stat", "-L", "-c", "%b", path.toString()).start();
      try (var out = stat.inputReader()) {
        return Long.parseLong(out.readLine());
      }
    } catch (NumberFormatException e) {
      throw new IOException(e);
    }
  }

  @Test
  void leaves_nothing_behind_when_closed() throws IOException {
    SlotArea area = SlotArea.shared(1, 1 << 16, 0);
    Path path = area.path().orElseThrow();
    Slot slot = area.slot(0, SCHEMA);
    area.close();
    area.close();
    assertThat(path).doesNotExist();
    assertThatThrownBy(() -> slot.crashCursor(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void has_no_path_when_it_is_local() {
    try (SlotArea area = SlotArea.local(2, 1 << 16)) {
      assertThat(area.path()).isEmpty();
      assertThat(area.slots()).isEqualTo(2);
      assertThat(area.slotBytes()).isEqualTo(1 << 16);
      assertThat(area.control().byteSize()).isZero();
      assertThat(area.slot(1, SCHEMA)).isSameAs(area.slot(1, SCHEMA));
      assertThatThrownBy(() -> area.slot(2, SCHEMA)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void refuses_to_attach_when_the_sizes_differ() throws IOException {
    try (SlotArea area = SlotArea.shared(1, 1 << 16, 0)) {
      Path path = area.path().orElseThrow();
      assertThatThrownBy(() -> SlotArea.attach(path, 2, 1 << 16, 0))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("bytes, not");
    }
  }

  @Test
  void refuses_a_schema_when_the_slot_is_too_small_for_it() {
    SlotSchema wide = SlotSchema.of(Rows.everyType("x"), true, List.of(Rows.everyType("y")));
    try (SlotArea area = SlotArea.local(1, 4096)) {
      assertThatThrownBy(() -> area.slot(0, wide))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("too small for 47 columns: give them at least");
    }
    assertThatThrownBy(() -> SlotArea.local(1, 100)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void can_be_opened_by_its_owner_only_when_it_is_a_temporary_file() throws IOException {
    Path path;
    try (MemoryFile file = MemoryFile.Temporary.create(1 << 16)) {
      path = file.path();
      assertThat(Files.size(path)).isEqualTo(1 << 16);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
    }
    assertThat(path).doesNotExist();
  }
}
