package io.forebay.cli.python;

import io.forebay.RowShape;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.CallPool;
import io.forebay.workers.PoolBuilder;
import io.forebay.workers.Pools;
import io.forebay.workers.api.PythonSettings;
import io.forebay.workers.api.WorkerLog;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code forebay python-pool}, which the Python package starts: it is not for people. */
@Command(
    name = "python-pool",
    description = "The pool of worker processes behind the Python package forebay.",
    hidden = true)
public final class PythonPoolCommand implements Callable<Integer> {
  /** The modules of the worker that take calls apart: python/forebay/served.py. */
  private static final String CALL = "python:forebay.served.call@each";

  private static final String PREPARE = "python:forebay.served.prepare";

  private static final int REFUSED = 2;

  /** What the names of the workers' variables begin with here: python/forebay/client/process.py. */
  private static final String OF_WORKERS = "FOREBAY_WORKERS_";

  /** What functions print; how workers end is told by the calls that they cost. */
  private static final WorkerLog PRINTS =
      new WorkerLog() {
        @Override
        public void printed(String worker, String line) {
          System.err.println(line);
        }

        @Override
        public void supervised(String sentence) {}
      };

  @Option(names = "--python", required = true)
  private String interpreter = "";

  @Option(names = "--path")
  private List<Path> path = new ArrayList<>();

  @Option(names = "--workers")
  private int workers;

  @Option(names = "--prefetch")
  private int prefetch;

  @Option(names = "--in-flight", required = true)
  private int inFlight;

  @Option(names = "--slot-bytes", required = true)
  private long slotBytes;

  @Option(names = "--memory", required = true)
  private long memoryBytes;

  @Option(names = "--timeout-nanos")
  private long timeoutNanos;

  /** What workers import before their memory is limited, as a reference of the package's. */
  @Option(names = "--prepare")
  private @Nullable String prepare;

  @Override
  public Integer call() throws IOException {
    // Frames alone go there.
    System.setOut(System.err);
    CallServer server =
        new CallServer(
            new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
    try (CallPool<byte[], byte[]> pool = builder().start()) {
      server.serve(pool);
      return 0;
    } catch (ConfigurationException | IllegalArgumentException e) {
      server.refuse(String.valueOf(e.getMessage()));
      return REFUSED;
    }
  }

  /** What the package has put into this process's environment for the workers. */
  private static Map<String, String> ofWorkers(Map<String, String> environment) {
    Map<String, String> theirs = new LinkedHashMap<>();
    environment.forEach((name, value) -> {
      if (name.startsWith(OF_WORKERS)) {
        theirs.put(name.substring(OF_WORKERS.length()), value);
      }
    });
    return theirs;
  }

  private PoolBuilder<CallPool<byte[], byte[]>> builder() {
    PoolBuilder<CallPool<byte[], byte[]>> builder =
        Pools.processes()
            .calls(CALL, byte[].class, byte[].class)
            .name("python")
            .python(new PythonSettings(interpreter, path, Optional.empty(), RowShape.SAME))
            .environment(ofWorkers(System.getenv()))
            .memory(memoryBytes)
            .slotBytes(slotBytes)
            .inFlight(inFlight)
            .prefetch(prefetch)
            .stopForFaults(false)
            .log(PRINTS)
            .closeWithin(Duration.ZERO);
    if (workers > 0) {
      builder.workers(workers);
    }
    if (timeoutNanos > 0) {
      builder.timeout(Duration.ofNanos(timeoutNanos));
    }
    if (prepare != null) {
      builder.initializer(PREPARE, Map.of("reference", prepare));
    }
    return builder;
  }
}
