package io.forebay.benchmarks;

import io.forebay.Source;
import io.forebay.connectors.simulated.SimulatedSource;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.workers.api.PhysicalCores;
import io.forebay.workers.api.WorkerPriority;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * P6: how late a 1 ms timer of the ingestion layer is while every core computes; against the event
 * loop of the lecture's asyncio with its pool, and with the computation in the loop.
 */
final class EventLoopDelay implements Claim {
  static final String FOREBAY = "Forebay, Java workers";
  static final String POOL = "the lecture's asyncio + pool";
  static final String BAD = "the lecture's bad version";

  private static final long ENDLESS = 1L << 40;
  private static final JsonMapper JSON = JsonMapper.shared();

  private interface Loop {
    Heartbeat.Delays beat() throws Exception;
  }

  @Override
  public String id() {
    return "P6";
  }

  @Override
  public String title() {
    return "delay of a 1 ms timer of the ingestion layer while every core computes";
  }

  @Override
  public void measure(Session session) throws Exception {
    Contest contest = contest(session, session.brief() ? 0.1 : 3);
    Series p99 = contest.series(FOREBAY + ", p99");
    Series p999 = contest.series(FOREBAY + ", p99.9");
    session.atMost("p99", p99, 0.5);
    session.atMost("p99.9", p999, 3);
    session.atMost("p99 over the lecture's pool", p99.over(contest.series(POOL + ", p99")), 0.1);
    session.atMost(
        "p99.9 over the lecture's pool", p999.over(contest.series(POOL + ", p99.9")), 0.1);
  }

  /** For {@code seconds}, each has its p99 measured; p99.9 comes from the same beats. */
  static Contest contest(Session session, double seconds) throws Exception {
    int cores = PhysicalCores.count();
    int records = session.scaled(50_000, 2_000);
    Path file = Readings.jsonl(session.file("readings-" + records + ".jsonl"), records);
    try (Subprocess python = Subprocess.start(Rivals.script("heartbeat.py", file.toString()))) {
      Map<String, Loop> loops = new LinkedHashMap<>();
      long steps = Math.round(20 * Steps.perMicrosecond());
      Stage.Cpu java = Stage.cpu("steps", Steps.class).workers(cores);
      Stage.Cpu lecture = Stage.cpu("features", Rivals.function("lecture.processRecordBatch"));
      Stage.Cpu inPython = lecture.workers(cores);
      Source numbers = new PacedSource(ENDLESS, 0, record -> steps);
      loops.put(FOREBAY, () -> forebay(java, numbers, seconds));
      if (!session.brief()) {
        Stage normal = java.priority(WorkerPriority.NORMAL);
        Stage idle = java.priority(WorkerPriority.IDLE);
        loops.put("the same, priority: normal", () -> forebay(normal, numbers, seconds));
        loops.put("the same, priority: idle", () -> forebay(idle, numbers, seconds));
      }
      loops.put(
          "Forebay, Python workers",
          () -> forebay(inPython, new SimulatedSource(4, ENDLESS, 0, 1), seconds));
      loops.put(POOL, () -> python(python, "pool 20 " + cores + " " + seconds));
      loops.put(BAD, () -> python(python, "bad " + seconds));
      Contest contest = new Contest("P6: delay of a 1 ms timer", "ms");
      loops.forEach((name, loop) -> {
        Heartbeat.Delays[] last = new Heartbeat.Delays[1];
        contest.add(
            name + ", p99",
            () -> {
              last[0] = loop.beat();
              return last[0].p99() / 1e6;
            });
        contest.add(name + ", p99.9", () -> last[0].p999() / 1e6);
      });
      return session.run(contest, 1);
    }
  }

  /** A pipeline whose workers have all they can do. */
  private static Heartbeat.Delays forebay(Stage stage, Source load, double seconds)
      throws Exception {
    Heartbeat heart =
        new Heartbeat(load.schema(), (long) (seconds * 0.25e9), (long) (seconds * 1e9));
    Pipeline pipeline =
        Pipeline.builder("beats")
            .source("heart", heart)
            .source("load", load)
            .stage(stage)
            .sink("count", new CountingSink())
            .build();
    try (pipeline) {
      pipeline.start();
      heart.ended().join();
      pipeline.drain(Duration.ofSeconds(30));
      if (!(pipeline.await() instanceof PipelineResult.Drained)) {
        throw new IllegalStateException("the pipeline did not drain");
      }
    }
    return heart.delays();
  }

  private static Heartbeat.Delays python(Subprocess python, String request) throws IOException {
    JsonNode answer = JSON.readTree(python.ask(request));
    return new Heartbeat.Delays(
        answer.get("beats").asLong(),
        answer.get("p50").asLong(),
        answer.get("p99").asLong(),
        answer.get("p999").asLong(),
        answer.get("max").asLong());
  }
}
