package io.forebay.workers.internal.launch;

import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.functions.PythonFunction;
import io.forebay.workers.internal.process.Grandchildren;
import io.forebay.workers.internal.protocol.Frame;
import io.forebay.workers.internal.protocol.Payload;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Binds a Python function in a process that lives for this: finds and checks it, and what it
 * returns, before any source is opened.
 */
public final class PythonProbe {
  private static final String TOO_OLD = "Forebay needs Python ";
  private static final long END_SECONDS = 10;

  /** What is printed while a module is imported is said again by the workers. */
  private static final WorkerLog SILENT =
      new WorkerLog() {
        @Override
        public void printed(String worker, String line) {}

        @Override
        public void supervised(String sentence) {}
      };

  private PythonProbe() {}

  /**
   * Finds and checks the function.
   *
   * @throws ConfigurationException in one sentence: no interpreter, or an old one; no such module
   *     or function; what is no function, a lambda, nested, async; an import that fails; outputs
   *     that are not as declared, or cannot be found out
   */
  public static BoundFunction bind(FunctionSpec spec, Schema input) {
    PythonProgram program = PythonProgram.of(spec);
    String mark = ProcessHandle.current().pid() + "-" + MonotonicClock.nanos() + "-probe";
    var start = new WorkerLauncher.Start("python", mark, -1, Long.MAX_VALUE >> 1);
    try {
      Payload answer = ask(start, program, request(spec, input));
      Schema outputs = answer.schema();
      String interpreter = answer.text();
      answer.end();
      return PythonFunction.of(spec, input, outputs, interpreter);
    } catch (WorkerLauncher.StartException e) {
      throw refusal(spec, program, e.end());
    } catch (IOException e) {
      throw new ConfigurationException(
          "the Python interpreter '"
              + program.interpreter()
              + "' cannot be used ("
              + e.getMessage()
              + "): install Python 3.9 or newer, or name one with the stage's key python",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConfigurationException(
          "interrupted while the function " + spec.shortName() + " was bound", e);
    }
  }

  private static Payload ask(WorkerLauncher.Start start, PythonProgram program, Frame request)
      throws IOException, InterruptedException, WorkerLauncher.StartException {
    WorkerLauncher.Greeted probe =
        WorkerLauncher.greet(start, program, request, Frame.BOUND, SILENT, process -> {});
    try {
      return probe.answer();
    } finally {
      probe.channel().close();
      probe.process().toHandle().destroyForcibly(); // What it has printed is read below.
      probe.process().waitFor(END_SECONDS, TimeUnit.SECONDS);
      Grandchildren.kill(start.mark(), probe.process().pid());
      probe.output().end();
    }
  }

  private static Frame request(FunctionSpec spec, Schema input) throws IOException {
    Payload payload = Payload.empty().putText(spec.reference()).putInt(spec.parameters().size());
    for (Map.Entry<String, String> parameter : new TreeMap<>(spec.parameters()).entrySet()) {
      payload.putText(parameter.getKey()).putText(parameter.getValue());
    }
    payload.putSchema(input);
    RowShape rows = spec.python().rows();
    if (spec.python().outputs().isPresent()) {
      payload.putInt(1).putSchema(spec.python().outputs().get());
    } else {
      payload.putInt(0);
    }
    return payload.putText(rows.name()).frame(Frame.BIND);
  }

  private static ConfigurationException refusal(
      FunctionSpec spec, PythonProgram program, WorkerEnd end) {
    if (end.kind() == WorkerEnd.Kind.REFUSED) {
      return new ConfigurationException(end.advice());
    }
    String old =
        end.evidence()
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith(TOO_OLD))
            .findFirst()
            .orElse("");
    if (!old.isEmpty()) {
      return new ConfigurationException(
          old + ": name another interpreter with the stage's key python");
    }
    return new ConfigurationException(
        "the function "
            + spec.shortName()
            + " cannot be bound: the process of "
            + program.interpreter()
            + " that was to import it "
            + end.what()
            + ": "
            + end.advice()
            + (end.evidence().isEmpty() ? "" : "\n" + end.evidence()));
  }
}
