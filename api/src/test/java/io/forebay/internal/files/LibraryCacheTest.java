package io.forebay.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A library out of a jar, in folders in all states. */
final class LibraryCacheTest {
  @TempDir Path temp;
  private final byte[] content = new byte[300_000];
  private URL library;
  private Path folder;
  private LibraryCache cache;

  @BeforeEach
  void makeJar() throws IOException {
    new Random(1).nextBytes(content);
    library = jar(content);
    folder = temp.resolve("home/.cache/native");
    cache = new LibraryCache("libsome", List.of(folder, temp.resolve("other")));
  }

  private URL jar(byte[] bytes) throws IOException {
    Path jar = Files.createTempFile(temp, "library", ".jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      out.putNextEntry(new JarEntry("libsome.so"));
      out.write(bytes);
    }
    return URI.create("jar:" + jar.toUri() + "!/libsome.so").toURL();
  }

  private Path load() {
    return cache.load(library, file -> file);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void unpacks_once_into_a_folder_of_the_owner() throws IOException {
    Path file = load();
    assertThat(file).hasBinaryContent(content).hasParent(folder);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Object first = Files.getAttribute(file, "unix:ino");
    for (int i = 0; i < 3; i++) {
      assertThat(load()).isEqualTo(file);
    }
    assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(first);
    assertThat(files(folder)).containsExactly(file);
  }

  @Test
  void unpacks_anew_when_the_file_is_damaged() throws IOException {
    Path file = load();
    byte[] damaged = content.clone();
    damaged[123_456] ^= 1;
    for (byte[] wrong : List.of(damaged, new byte[0], new byte[content.length], new byte[100])) {
      Files.write(file, wrong);
      assertThat(load()).isEqualTo(file).hasBinaryContent(content);
    }
    assertThat(files(folder)).containsExactly(file);
  }

  @Test
  void replaces_a_link_and_leaves_what_it_points_to() throws IOException {
    Path file = load();
    Path victim = Files.write(temp.resolve("victim"), content);
    Files.delete(file);
    Files.createSymbolicLink(file, victim);
    assertThat(load()).isEqualTo(file);
    assertThat(Files.isSymbolicLink(file)).isFalse();
    assertThat(victim).hasBinaryContent(content);
  }

  @Test
  void takes_the_next_folder_when_the_first_is_not_its_own() throws IOException {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(load()).hasParent(temp.resolve("other"));
    assertThat(files(folder)).isEmpty();
    Files.delete(folder);
    Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
    Files.createSymbolicLink(folder, elsewhere);
    assertThat(load()).hasParent(temp.resolve("other"));
    assertThat(files(elsewhere)).isEmpty();
    Files.delete(folder);
    Files.createFile(folder);
    assertThat(load()).hasParent(temp.resolve("other"));
  }

  @Test
  void takes_the_next_folder_when_the_home_is_read_only_or_does_not_load() throws IOException {
    Path rejected = temp.resolve("home");
    assertThat(
            cache.<Path>load(
                library,
                file -> {
                  if (file.startsWith(rejected)) {
                    throw new IllegalArgumentException("mounted noexec");
                  }
                  return file;
                }))
        .hasParent(temp.resolve("other"));
    cache = new LibraryCache("libsome", List.of(Path.of("/proc/none/native"), folder));
    assertThat(load()).hasParent(folder);
  }

  @Test
  void says_where_it_tried_when_it_works_nowhere() {
    assumeFalse(!Files.exists(Path.of("/dev/full")), "needs /dev/full");
    cache =
        new LibraryCache("libsome", List.of(Path.of("/proc/none/native"), Path.of("/dev/full")));
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(this::load)
        .withMessageStartingWith("the native library libsome cannot be unpacked and loaded (")
        .withMessageContaining("/proc/none/native: ")
        .withMessageContaining("/dev/full: IOException is not a folder of mode 0700")
        .withMessageEndingWith(
            "make room there, or set XDG_CACHE_HOME to a folder from which programs may run");
  }

  @Test
  void has_one_whole_file_when_many_unpack_at_once() throws Exception {
    int threads = 8;
    CyclicBarrier start = new CyclicBarrier(threads);
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<byte[]>> read =
          IntStream.range(0, threads)
              .mapToObj(i ->
                  executor.submit(() -> {
                    start.await();
                    return cache.<byte[]>load(library, LibraryCacheTest::bytes);
                  }))
              .toList();
      for (Future<byte[]> each : read) {
        assertThat(each.get()).isEqualTo(content);
      }
    }
    assertThat(files(folder)).hasSize(1);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Test
  void removes_old_versions_and_what_was_left_by_those_that_were_killed() throws IOException {
    load();
    Path left = Files.write(folder.resolve("making-1.tmp"), new byte[1000]);
    Path fresh = Files.write(folder.resolve("making-2.tmp"), new byte[1000]);
    Files.setLastModifiedTime(
        left, FileTime.fromMillis(Files.getLastModifiedTime(fresh).toMillis() - 3_600_000));
    for (int version = 0; version < 6; version++) {
      content[0]++;
      library = jar(content);
      Path file = load();
      assertThat(file).hasBinaryContent(content);
    }
    assertThat(Files.exists(left, LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(fresh).exists();
    assertThat(files(folder)).hasSize(3 + 1);
  }
}
