package io.forebay.connectors.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.formats.api.Seal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file that remembers what a store has which cannot remember it itself. */
class SealedProgressTest {
  private static final Progress PROGRESS =
      new Progress("p", new Frontier(Map.of("s/\"é\"", new Position(31, 300))), false);

  @TempDir Path directory;

  @Test
  void is_refused_when_a_single_bit_has_changed_or_a_part_is_missing() throws IOException {
    Path path = directory.resolve("influx.progress");
    SealedProgress file = new SealedProgress(path);
    file.write(PROGRESS);
    byte[] whole = Files.readAllBytes(path);
    assertThat(file.read()).contains(PROGRESS);
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(path, damaged);
      assertThatThrownBy(file::read).as("bit " + bit).hasMessageContaining("influx.progress' is");
    }
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(file::read).as("cut to " + length).isInstanceOf(IOException.class);
    }
    Files.delete(path);
    Files.createDirectory(path);
    assertThatThrownBy(file::read).hasMessageContaining("influx.progress' is no file");
  }

  @Test
  void is_read_in_the_form_of_version_1_and_refused_in_a_newer_one() throws IOException {
    Path path = directory.resolve("influx.progress");
    Files.writeString(path, "#Mon\ncomplete=false\npartition.s/\"\\u00E9\"=31 300\npipeline=p\n");
    assertThat(new SealedProgress(path).read()).contains(PROGRESS);
    String newer = "version=3\ncomplete=false\npipeline=p\n";
    Files.writeString(path, newer + "crc32c=" + Seal.of(newer) + "\n");
    assertThatThrownBy(() -> new SealedProgress(path).read())
        .hasMessageContaining("newer version of Forebay");
  }

  @Test
  void writes_nothing_elsewhere_when_a_link_is_where_its_temporary_file_goes() throws IOException {
    Path outside = Files.writeString(directory.resolve("outside"), "mine");
    Files.createSymbolicLink(directory.resolve("influx.progress.next"), outside);
    SealedProgress file = new SealedProgress(directory.resolve("influx.progress"));
    file.write(PROGRESS);
    assertThat(outside).hasContent("mine");
    assertThat(file.read()).contains(PROGRESS);
  }
}
