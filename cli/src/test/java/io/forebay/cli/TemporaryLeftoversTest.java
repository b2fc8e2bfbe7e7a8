package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is removed from among the temporary files, and what is not. */
@EnabledOnOs(OS.LINUX)
final class TemporaryLeftoversTest {
  private static final long HOUR = 3_600_000;

  @TempDir Path folder;

  private Path old(Path file) throws IOException {
    long now = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis();
    Files.setLastModifiedTime(file, FileTime.fromMillis(now - HOUR));
    return file;
  }

  private Path file(String name) throws IOException {
    return Files.write(folder.resolve(name), new byte[100]);
  }

  private List<String> left() throws IOException {
    new TemporaryLeftovers(folder, Path.of("/proc")).remove();
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void removes_libraries_and_folders_of_workers_when_they_are_old() throws IOException {
    old(file("libduckdb_java12345678901234.so"));
    old(file("libzstd-jni-1.5.7-2812345.so"));
    old(file("liblz4-java-7788.so"));
    old(file("liblz4-java-7788.so.lck"));
    old(file("snappy-1.1.10-0b0e2b35-4c5e-4a3b-9d2f-3c8b7d8f1a2b-libsnappyjava.so"));
    Path socket = Files.createDirectory(folder.resolve("forebay-123456789"));
    Files.createFile(socket.resolve("worker"));
    old(socket);
    old(Files.createDirectory(folder.resolve("forebay-987654321")));
    assertThat(left()).isEmpty();
  }

  @Test
  void leaves_what_is_new_or_none_of_ours() throws IOException {
    file("libduckdb_java1.so");
    Files.createDirectory(folder.resolve("forebay-1"));
    old(file("libduckdb_java.so"));
    old(file("libduckdb_java1.so.keep"));
    old(file("forebay-2"));
    Path others = Files.createDirectory(folder.resolve("forebay-3"));
    Files.createFile(others.resolve("something"));
    old(others);
    Path target = Files.createDirectory(folder.resolve("target"));
    Path link = Files.createSymbolicLink(folder.resolve("libduckdb_java9.so"), target);
    assertThat(left())
        .containsExactly(
            "forebay-1",
            "forebay-2",
            "forebay-3",
            "libduckdb_java.so",
            "libduckdb_java1.so",
            "libduckdb_java1.so.keep",
            "libduckdb_java9.so",
            "target");
    assertThat(link).isSymbolicLink();
  }

  @Test
  void leaves_a_library_when_a_process_has_it_mapped() throws IOException {
    Path file = old(file("libduckdb_java77.so"));
    try (var arena = java.lang.foreign.Arena.ofConfined();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      var _ = channel.map(FileChannel.MapMode.READ_ONLY, 0, 100, arena);
      assertThat(left()).containsExactly("libduckdb_java77.so");
    }
    assertThat(left()).isEmpty();
  }
}
