package io.forebay.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.ValueFunction;
import io.forebay.workers.api.AotCaching;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pools of programs that are loaded into a process and unloaded again, as jobs of a cluster are.
 */
@Timeout(180)
final class UnloadedPoolsTest {
  private static final int PROGRAMS = Boolean.getBoolean("forebay.long") ? 20 : 3;

  /** What such a program does; made by name in a class loader that has everything anew. */
  public static final class Program implements Callable<String> {
    @Override
    public String call() throws Exception {
      try (CallPool<String, String> pool =
          Pools.processes()
              .calls(Shout.class)
              .workers(1)
              .aotCache(AotCaching.OFF)
              .log(new CallPoolTest.Quiet())
              .start()) {
        return pool.call("hello").get();
      }
    }
  }

  /** A function. */
  public static final class Shout implements ValueFunction<String, String> {
    @Override
    public String apply(String text) {
      return text.toUpperCase(Locale.ROOT);
    }
  }

  @Test
  void leaves_no_loader_thread_or_process_when_pools_of_unloaded_programs_are_closed()
      throws Exception {
    Set<String> threadsBefore = threads();
    Set<ProcessHandle> childrenBefore = children();
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    for (int i = 0; i < PROGRAMS; i++) {
      loaders.add(loadRunAndUnload());
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> {
          System.gc();
          assertThat(loaders).allMatch(loader -> loader.refersTo(null));
        });
    assertThat(threadsBefore).containsAll(threads());
    assertThat(childrenBefore).containsAll(children());
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("forebay-"))
        .collect(Collectors.toSet());
  }

  private static Set<ProcessHandle> children() {
    return ProcessHandle.current()
        .children()
        .filter(ProcessHandle::isAlive)
        .collect(Collectors.toSet());
  }

  private static WeakReference<ClassLoader> loadRunAndUnload() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Callable<?> program =
          (Callable<?>)
              loader.loadClass(Program.class.getName()).getDeclaredConstructor().newInstance();
      assertThat(in(loader, program)).isEqualTo("HELLO");
      return new WeakReference<>(loader);
    }
  }

  private static <T> T in(ClassLoader context, Callable<T> program) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(context);
    try {
      return program.call();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static Path compiled(Path folder, String body) throws Exception {
    Path source = Files.createDirectories(folder).resolve("Theirs.java");
    Files.writeString(
        source,
        "public final class Theirs implements io.forebay.ValueFunction<Long, Long> {\n"
            + "  public Long apply(Long n) { return "
            + body
            + "; }\n}\n");
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                System.getProperty("java.class.path"),
                "-proc:none",
                source.toString());
    assertThat(failed).isZero();
    return folder;
  }

  private static PoolBuilder<CallPool<Long, Long>> theirs() {
    return Pools.processes()
        .calls("Theirs", Long.class, Long.class)
        .workers(1)
        .aotCache(AotCaching.OFF)
        .log(new CallPoolTest.Quiet());
  }

  @Test
  void two_programs_do_not_see_each_other_when_both_have_a_class_of_that_name(@TempDir Path folder)
      throws Exception {
    URL[] first = {compiled(folder.resolve("first"), "2 * n").toUri().toURL()};
    URL[] second = {compiled(folder.resolve("second"), "3 * n").toUri().toURL()};
    ClassLoader parent = getClass().getClassLoader();
    try (URLClassLoader one = new URLClassLoader(first, parent);
        URLClassLoader other = new URLClassLoader(second, parent);
        CallPool<Long, Long> twice = in(one, () -> theirs().start());
        CallPool<Long, Long> thrice = in(other, () -> theirs().start())) {
      assertThat(twice.call(7L).get()).isEqualTo(14);
      assertThat(thrice.call(7L).get()).isEqualTo(21);
    }
  }

  @Test
  void loads_functions_from_the_class_path_that_was_given(@TempDir Path folder) throws Exception {
    Path classes = compiled(folder, "n + 1");
    List<Path> path = new ArrayList<>(List.of(classes));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      path.add(Path.of(entry));
    }
    // A loader that does not tell where its classes are.
    ClassLoader silent =
        new ClassLoader(getClass().getClassLoader()) {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            try {
              byte[] code = Files.readAllBytes(classes.resolve(name + ".class"));
              return defineClass(name, code, 0, code.length);
            } catch (java.io.IOException e) {
              throw new ClassNotFoundException(name, e);
            }
          }
        };
    try (CallPool<Long, Long> pool = in(silent, () -> theirs().classPath(path).start())) {
      assertThat(pool.call(7L).get()).isEqualTo(8);
    }
  }
}
