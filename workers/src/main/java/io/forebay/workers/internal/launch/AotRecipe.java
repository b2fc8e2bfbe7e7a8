package io.forebay.workers.internal.launch;

import io.forebay.Schema;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.internal.binding.ValueCodec;
import io.forebay.workers.internal.calls.Initializer;
import io.forebay.workers.internal.process.Grandchildren;
import io.forebay.workers.internal.protocol.Assignment;
import io.forebay.workers.internal.protocol.Frame;
import io.forebay.workers.internal.protocol.Ring;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * How the AOT cache of a JDK and a class path is made: a worker is started as every other one, but
 * told to note what it loads; it makes some calls, ends, and the virtual machine writes the cache.
 * Nothing of the user's is called.
 *
 * @param classPath as in {@code java.class.path}
 */
record AotRecipe(String classPath) {
  private static final long MEMORY_BYTES = 64 << 20;
  private static final long SLOT_BYTES = 64 << 10;
  private static final int ENTRIES = 2;
  private static final int CALLS = 200;
  private static final long MOST_NANOS = 30_000_000_000L;
  private static final long MOST_SECONDS = 120;

  private static final WorkerLog SILENT =
      new WorkerLog() {
        @Override
        public void printed(String worker, String line) {}

        @Override
        public void supervised(String sentence) {}
      };

  /** What the cache depends on, in lines. */
  String fingerprint() {
    StringBuilder text = new StringBuilder("forebay worker cache 2\n");
    for (String property :
        List.of("java.home", "java.runtime.version", "java.vm.vendor", "os.name", "os.arch")) {
      text.append(property).append(' ').append(System.getProperty(property, "")).append('\n');
    }
    text.append(String.join(" ", WorkerCommand.flags())).append('\n');
    for (Path entry : entries()) {
      text.append(entry.toAbsolutePath());
      try {
        BasicFileAttributes file = Files.readAttributes(entry, BasicFileAttributes.class);
        text.append(' ').append(file.size()).append(' ').append(file.lastModifiedTime().toMillis());
      } catch (IOException e) {
        text.append(" missing");
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** The virtual machine makes caches only for class paths of jars. */
  boolean isPossible() throws IOException {
    boolean some = false;
    for (Path entry : entries()) {
      if (Files.isDirectory(entry)) {
        return false;
      }
      if (Files.exists(entry)) {
        some = true;
        if (leadsToDirectories(entry)) {
          return false;
        }
      }
    }
    return some;
  }

  /** Class paths that are too long for a command are put into such jars by build tools. */
  private static boolean leadsToDirectories(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      String path = manifest == null ? null : manifest.getMainAttributes().getValue("Class-Path");
      return path != null && List.of(path.split(" ", -1)).stream().anyMatch(e -> e.endsWith("/"));
    }
  }

  private List<Path> entries() {
    List<Path> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      entries.add(Path.of(entry));
    }
    return entries;
  }

  /** Makes the cache; false if the virtual machine did not. */
  boolean make(Path output) throws IOException, InterruptedException {
    FunctionSpec spec = FunctionSpec.of(AotSample.class.getName());
    Schema input = ValueCodec.inputs(spec.reference(), AotSample.In.class);
    BoundFunction function = BoundFunction.ofClass(spec, input);
    SlotSchema schema = SlotSchema.of(input, false, List.of(function.outputs()));
    try (SlotArea area = SlotArea.shared(1, SLOT_BYTES, Ring.bytes(ENTRIES))) {
      MemorySegment control = area.control().asSlice(0, Ring.bytes(ENTRIES), Ring.LINE);
      Ring ring = Ring.create(control, ENTRIES, 1);
      Assignment assignment =
          new Assignment(
              ProcessHandle.current().pid(),
              Assignment.Memory.of(area),
              Optional.empty(),
              0,
              ENTRIES,
              1,
              0,
              schema,
              spec,
              function.rowShape(),
              function.outputs());
      String mark = ProcessHandle.current().pid() + "-" + MonotonicClock.nanos() + "-aot";
      var start = new WorkerLauncher.Start("aot", mark, 0, MEMORY_BYTES);
      try {
        Frame values = Initializer.frame(FunctionSpec.of(AotSample.Values.class.getName()));
        JavaProgram program = new JavaProgram(List.of("-XX:AOTCacheOutput=" + output), classPath);
        WorkerLauncher.Greeted worker =
            WorkerLauncher.launch(
                start, program, List.of(values), assignment, SILENT, AotRecipe::endWithThis);
        try {
          return train(worker, ring, area.slot(0, schema), new StagedRow(schema), function);
        } finally {
          end(worker, mark);
        }
      } catch (WorkerLauncher.StartException e) {
        return false;
      }
    }
  }

  private static boolean train(
      WorkerLauncher.Greeted worker, Ring ring, Slot slot, StagedRow row, BoundFunction function)
      throws IOException, InterruptedException {
    ValueCodec<AotSample.In, AotSample.Out> codec =
        function.codec(AotSample.In.class, AotSample.Out.class);
    AotSample.In in =
        new AotSample.In(
            true, 1, 2, 3, 4, "text", new byte[] {5}, new double[] {6}, Instant.EPOCH, 7);
    long until = MonotonicClock.nanos() + MOST_NANOS;
    for (int call = 0; call < CALLS; call++) {
      slot.format(8, call);
      for (int i = 0; i < 8; i++) {
        codec.encode(in, row);
        slot.append(row, 0, i);
      }
      slot.publish(0);
      ring.push(call, call + 1, slot.number(), call % 2 == 0 ? 0 : Ring.SINGLY);
      if (ring.takeSleeping()) {
        wake(worker);
      }
      while (ring.head() != call + 1) {
        if (!worker.process().isAlive() || MonotonicClock.nanos() - until > 0) {
          return false;
        }
        LockSupport.parkNanos(100_000);
      }
    }
    worker.channel().close(); // It ends by that, and writes the cache.
    while (worker.process().isAlive() && MonotonicClock.nanos() - until < 4 * MOST_NANOS) {
      worker.output().poll(); // So that it never waits for its output to be read.
      worker.process().waitFor(10, TimeUnit.MILLISECONDS);
    }
    return !worker.process().isAlive();
  }

  private static void wake(WorkerLauncher.Greeted worker) {
    try {
      worker.channel().write(ByteBuffer.allocate(1));
    } catch (IOException e) {
      // It is gone: that is looked for anyway.
    }
  }

  private static void end(WorkerLauncher.Greeted worker, String mark)
      throws IOException, InterruptedException {
    worker.channel().close();
    worker.process().descendants().forEach(ProcessHandle::destroyForcibly);
    worker.process().destroyForcibly().waitFor(MOST_SECONDS, TimeUnit.SECONDS);
    Grandchildren.kill(mark, worker.process().pid()); // They may hold its output.
    worker.output().end();
  }

  /** Nothing goes on when this process ends before. */
  private static void endWithThis(Process process) {
    Thread end =
        new Thread(() -> {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
        });
    try {
      Runtime.getRuntime().addShutdownHook(end);
      var _ = process.onExit().thenRun(() -> removeHook(end));
    } catch (IllegalStateException e) {
      process.destroyForcibly();
    }
  }

  private static void removeHook(Thread end) {
    try {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException e) {
      // It runs already.
    }
  }
}
