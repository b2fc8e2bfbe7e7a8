package io.forebay.workers.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.internal.process.WorkerMain;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The AOT cache of workers: made, verified, never trusted. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class AotCacheTest {
  @TempDir private Path folder;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final WorkerLog log =
      new WorkerLog() {
        @Override
        public void printed(String worker, String line) {}

        @Override
        public void supervised(String sentence) {
          said.add(sentence);
        }
      };

  @Test
  void is_made_sealed_and_made_anew_when_it_is_damaged_or_stale() throws Exception {
    List<Path> jars = jars();
    AotRecipe recipe = recipe(jars);
    Path directory = folder.resolve("caches");
    AotCache cache = new AotCache(directory, recipe);
    assertThat(cache.verified()).isEmpty();

    assertThat(cache.make(log)).isTrue();

    Path file = cache.verified().orElseThrow();
    assertThat(Files.getPosixFilePermissions(directory))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(each -> each.toString().replaceAll(".*[./]", "")))
          .containsExactlyInAnyOrder("aot", "seal", "lock");
    }
    assertThat(startsFrom(file, jars, "on")).as("the virtual machine takes it").isTrue();
    assertThat(new AotCache(directory, recipe(jars)).verified()).contains(file);

    // One bit.
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 4;
    Files.write(file, bytes);
    assertThat(new AotCache(directory, recipe).verified()).isEmpty();
    assertThat(cache.verified()).as("seen before, and changed").isEmpty();
    // Cut, and sealed as if it were whole: the virtual machine starts without.
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 3));
    assertThat(new AotCache(directory, recipe).verified()).isEmpty();
    assertThat(startsFrom(file, jars, "auto")).isTrue();
    // Another jar of the same name.
    Files.setLastModifiedTime(jars.getLast(), FileTime.fromMillis(1_700_000_000_000L));
    assertThat(new AotCache(directory, recipe(jars)).verified()).isEmpty();

    assertThat(cache.make(log)).as("made anew").isTrue();
    assertThat(cache.verified()).contains(file);
    cache.distrust();
    assertThat(cache.verified()).isEmpty();
    assertThat(file).doesNotExist();
    assertThat(said).isEmpty();
  }

  @Test
  void is_not_made_when_the_class_path_has_folders_or_others_may_write() throws Exception {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    AotCache impossible = new AotCache(folder.resolve("caches"), new AotRecipe(classes.toString()));
    assertThat(impossible.make(log)).isFalse();
    assertThat(folder.resolve("caches")).doesNotExist();
    assertThat(said).isEmpty();

    Path open = Files.createDirectories(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path jar = folder.resolve("some.jar");
    pack(classes, jar);
    assertThat(new AotCache(open, new AotRecipe(jar.toString())).make(log)).isFalse();
    assertThat(said).singleElement().asString().contains("because others may write there");
  }

  /** See {@link CacheFallbackMain}, which is such a process. */
  @Test
  void is_given_up_once_when_workers_do_not_start_from_it() throws Exception {
    List<Path> jars = jars();
    Path tests = folder.resolve("tests.jar");
    pack(placeOf(AotCacheTest.class), tests);
    jars.add(tests);
    Path directory = folder.resolve("caches");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"));
    command.add("-D" + AotCaches.DIRECTORY + "=" + directory);
    command.addAll(List.of("-cp", classPath(jars), CacheFallbackMain.class.getName()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .start();
    List<String> told = process.inputReader(StandardCharsets.UTF_8).lines().toList();
    assertThat(process.waitFor()).as("%s", told).isZero();

    assertThat(part(told, "the function is at fault"))
        .as("the cache is innocent")
        .containsExactly("did not start", "there are aot lock seal");
    List<String> first = part(told, "the cache is at fault");
    assertThat(first).contains("computed 42 and 42", "there are lock");
    assertThat(crashes(first)).as("of two workers").isBetween(1L, 2L);
    assertThat(first.stream().filter(line -> line.startsWith("said ")))
        .singleElement()
        .asString()
        .matches(
            "said first worker-[12] crashed in native code.* when it started from the AOT cache "
                + directory
                + "/\\w+\\.aot, and started without: the cache is removed, and the next process"
                + " makes another one: if that fails, too, switch it off with aotCache\\(OFF\\)");
    assertThat(part(told, "another pool"))
        .as("neither used nor made again")
        .containsExactly("computed 42 and 42", "there are lock");

    List<String> given = part(told, "a cache that was given is at fault");
    assertThat(given).contains("computed 42 and 42", "there are lock");
    assertThat(crashes(given)).isBetween(1L, 2L);
    assertThat(given.stream().filter(line -> line.startsWith("said ")))
        .singleElement()
        .asString()
        .contains("/given.aot, and started without: the cache is not used any more: make it anew");
    assertThat(part(told, "another pool with it"))
        .containsExactly("computed 42 and 42", "there are lock");
    assertThat(folder.resolve("given.aot")).as("it is the user's").exists();
  }

  private static List<String> part(List<String> told, String name) {
    int from = told.indexOf("# " + name) + 1;
    int to = from;
    while (to < told.size() && !told.get(to).startsWith("# ")) {
      to++;
    }
    assertThat(from).as("%s in %s", name, told).isPositive();
    return told.subList(from, to);
  }

  /** Reports of crashes are kept as evidence, but for their first line. */
  private static long crashes(List<String> told) {
    return told.stream().filter(line -> line.equals("printed #")).count();
  }

  private static boolean startsFrom(Path cache, List<Path> jars, String mode) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(WorkerCommand.flags());
    command.addAll(List.of("-XX:AOTCache=" + cache, "-XX:AOTMode=" + mode, "-Xlog:aot*=off"));
    command.addAll(List.of("-cp", classPath(jars), WorkerMain.class.getName(), "/nowhere"));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    // It ran, and found no engine.
    return printed.contains("no token came through standard input");
  }

  private List<Path> jars() throws Exception {
    List<Path> jars = new ArrayList<>();
    for (Class<?> each :
        List.of(io.forebay.Schema.class, io.forebay.slots.Slot.class, WorkerMain.class)) {
      Path place = placeOf(each);
      Path jar = folder.resolve("jar-" + jars.size() + ".jar");
      if (Files.isDirectory(place)) {
        pack(place, jar);
      } else {
        Files.copy(place, jar);
      }
      jars.add(jar);
    }
    return jars;
  }

  private static Path placeOf(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static AotRecipe recipe(List<Path> jars) {
    return new AotRecipe(classPath(jars));
  }

  private static String classPath(List<Path> jars) {
    return String.join(File.pathSeparator, jars.stream().map(Path::toString).toList());
  }

  private static void pack(Path folder, Path jar) throws IOException {
    try (Stream<Path> files = Files.walk(folder);
        OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (Path each : files.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new JarEntry(folder.relativize(each).toString()));
        Files.copy(each, out);
        out.closeEntry();
      }
    }
  }
}
