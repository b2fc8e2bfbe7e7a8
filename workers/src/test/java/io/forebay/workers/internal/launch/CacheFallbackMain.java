package io.forebay.workers.internal.launch;

import io.forebay.ValueFunction;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.CallPool;
import io.forebay.workers.PoolBuilder;
import io.forebay.workers.Pools;
import io.forebay.workers.api.AotCaching;
import io.forebay.workers.api.WorkerLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A process on a class path of jars, whose workers start from an AOT cache, or cannot: the cache's
 * seal fits, but a part of what it seals is rubbish, on which the virtual machine crashes. What
 * becomes of it is printed, for {@link AotCacheTest}.
 */
public final class CacheFallbackMain {
  private static final WorkerLog LOG =
      new WorkerLog() {
        @Override
        public void printed(String worker, String line) {
          System.out.println("printed " + line);
        }

        @Override
        public void supervised(String sentence) {
          System.out.println("said " + sentence);
        }
      };

  private CacheFallbackMain() {}

  /** Doubles, or ends its process when it starts. */
  public static final class Doubles implements ValueFunction<Integer, Integer> {
    /** With the engine's pid as parameter it starts nowhere else. */
    public Doubles(Map<String, String> parameters) {
      String here = String.valueOf(ProcessHandle.current().pid());
      if (!parameters.getOrDefault("engine", here).equals(here)) {
        Runtime.getRuntime().halt(5);
      }
    }

    @Override
    public Integer apply(Integer in) {
      return 2 * in;
    }
  }

  /** No arguments. */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(System.getProperty(AotCaches.DIRECTORY));
    AotCaches.prepare(AotCaching.BEFORE_START, LOG);
    Path cache = AotCaches.usable().orElseThrow();

    System.out.println("# the function is at fault");
    Map<String, String> here = Map.of("engine", "" + ProcessHandle.current().pid());
    try (var pool = builder("guilty").parameters(here).start()) {
      System.out.println("started " + pool.snapshot());
    } catch (ConfigurationException e) {
      System.out.println("did not start");
    }
    list(directory);

    spoil(cache);
    Path given = Files.copy(cache, directory.resolveSibling("given.aot"));
    if (AotCaches.usable().isEmpty()) {
      throw new IllegalStateException("its seal does not fit");
    }
    System.out.println("# the cache is at fault");
    compute("first");
    list(directory);
    System.out.println("# another pool");
    compute("second");
    list(directory);

    System.setProperty(AotCaches.FILE, given.toString());
    System.out.println("# a cache that was given is at fault");
    compute("third");
    list(directory);
    System.out.println("# another pool with it");
    compute("fourth");
    list(directory);
  }

  private static PoolBuilder<CallPool<Integer, Integer>> builder(String name) {
    return Pools.processes()
        .calls(Doubles.class)
        .name(name)
        .workers(2)
        .memory(32 << 20)
        .aotCache(AotCaching.BEFORE_START)
        .log(LOG);
  }

  private static void compute(String name) throws Exception {
    try (var pool = builder(name).start()) {
      CompletableFuture<Integer> one = pool.call(21);
      CompletableFuture<Integer> other = pool.call(21);
      System.out.println("computed " + one.get() + " and " + other.get());
    }
  }

  /** What lies in the directory, without the names that depend on the machine. */
  private static void list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      System.out.println(
          files
              .map(file -> file.toString().replaceAll(".*[./]", ""))
              .sorted()
              .collect(Collectors.joining(" ", "there are ", "")));
    }
  }

  private static void spoil(Path cache) throws IOException {
    byte[] bytes = Files.readAllBytes(cache);
    Arrays.fill(bytes, bytes.length / 5, bytes.length / 3, (byte) 0x55);
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    Path seal = Path.of(cache.toString().replace(".aot", ".seal"));
    String fits =
        Files.readString(seal)
            .replaceFirst("crc32c \\S+", "crc32c " + Long.toHexString(sum.getValue()));
    Files.write(cache, bytes);
    Files.writeString(seal, fits);
  }
}
