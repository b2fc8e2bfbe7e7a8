package io.forebay.workers.internal.launch;

import io.forebay.errors.ConfigurationException;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.WorkerLaunch;
import io.forebay.workers.internal.protocol.Frame;
import io.forebay.workers.internal.protocol.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The Python worker, whose sources travel: a first piece through its standard input, the rest as
 * the first frame. So nothing has to be installed, and nothing is left on a disk.
 *
 * @param interpreter what runs it
 * @param environment variables beyond those of every worker
 * @param path absolute folders in which the function's module is looked for
 */
public record PythonProgram(String interpreter, List<Path> path, Map<String, String> environment)
    implements WorkerProgram {
  PythonProgram(String interpreter, List<Path> path) {
    this(interpreter, path, Map.of());
  }

  /** The modules of {@code python/forebay}. */
  static final List<String> MODULES =
      List.of(
          "__init__",
          "arrays",
          "binding",
          "calls",
          "children",
          "codec",
          "columns",
          "errors",
          "meters",
          "resource_growth",
          "records",
          "ring",
          "sample",
          "sampler",
          "served",
          "slot",
          "global_state",
          "wire",
          "worker");

  private static final String PACKAGE = "forebay";

  /** Where the build puts them. */
  private static final String FOLDER = "/io/forebay/workers/python/";

  /** The program of this function; relative paths are relative to the working directory. */
  static PythonProgram of(FunctionSpec function) {
    String interpreter = function.python().interpreter();
    if (interpreter.indexOf('/') >= 0) {
      Path file = Path.of(interpreter).toAbsolutePath().normalize();
      if (!Files.isExecutable(file)) {
        throw new ConfigurationException(
            "there is no Python interpreter "
                + file
                + ": make the environment, or name another interpreter with the stage's key"
                + " python");
      }
      interpreter = file.toString();
    }
    return of(function, interpreter);
  }

  /** The program of this function, with an interpreter that was found before. */
  public static PythonProgram of(FunctionSpec function, String interpreter) {
    return new PythonProgram(
        interpreter,
        function.python().path().stream()
            .map(folder -> folder.toAbsolutePath().normalize())
            .toList(),
        function.environment());
  }

  @Override
  public PythonProgram with(WorkerLaunch launch) {
    Map<String, String> variables = new HashMap<>(environment);
    variables.putAll(launch.pythonEnvironment());
    return new PythonProgram(interpreter, path, variables);
  }

  @Override
  public ProcessBuilder process(Path socket, long memoryBytes, String mark) {
    // Isolated from the user's environment and unbuffered; the program is the standard input.
    List<String> command = List.of(interpreter, "-I", "-u", "-", socket.toString());
    // A command that may not be there is said to be missing; the program makes its session itself.
    return WorkerCommand.of(
        Path.of(interpreter).isAbsolute() ? OwnSession.of(command) : command, mark, environment);
  }

  @Override
  public byte[] input(byte[] token) {
    String call = "main(bytes.fromhex(\"" + HexFormat.of().formatHex(token) + "\"))\n";
    return (Sources.BOOT + call).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public List<Frame> opening(long memoryBytes) throws IOException {
    Payload payload = Payload.empty().putLong(memoryBytes).putInt(path.size());
    for (Path folder : path) {
      payload.putText(folder.toString());
    }
    for (Map.Entry<String, String> module : Sources.OF_MODULES.entrySet()) {
      payload.putText(module.getKey()).putText(module.getValue());
    }
    return List.of(payload.frame(Frame.PROGRAM));
  }

  /** Code that holds the interpreter's lock keeps the thread that does so from running. */
  @Override
  public boolean beatsDuringCalls() {
    return false;
  }

  /** Read once, when the first Python worker starts. */
  private static final class Sources {
    static final String BOOT = read("boot.py");
    static final Map<String, String> OF_MODULES = modules();

    private static Map<String, String> modules() {
      Map<String, String> sources = new LinkedHashMap<>();
      for (String module : MODULES) {
        String name = module.equals("__init__") ? PACKAGE : PACKAGE + "." + module;
        sources.put(name, read(PACKAGE + "/" + module + ".py"));
      }
      return sources;
    }

    private static String read(String file) {
      try (InputStream in = PythonProgram.class.getResourceAsStream(FOLDER + file)) {
        if (in == null) {
          throw new IllegalStateException("the jar of the workers has no python/" + file);
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
