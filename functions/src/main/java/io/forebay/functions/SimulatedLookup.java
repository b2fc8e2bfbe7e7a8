package io.forebay.functions;

import io.forebay.AsyncFunction;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.Parameter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Stands for a question to a server, in examples and tests of async stages: says at which site a
 * sensor is, after {@code delayMillis} (5 unless the parameter says otherwise), blocking no thread.
 *
 * <p>Input: {@code sensorId}, string. Output: {@code site}, string.
 */
public final class SimulatedLookup
    implements AsyncFunction<SimulatedLookup.Question, SimulatedLookup.Answer> {
  private static final Parameter<Long> DELAY =
      Parameter.whole("delayMillis", "How long it takes, in milliseconds.", 0, 60_000)
          .byDefault("5");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Stands for a question to a server that is waited for without a thread: at which site"
                  + " a sensor is. For examples.",
              DELAY)
          .reads("sensorId: string")
          .adds("site: string")
          .example("{ name: lookup, async: io.forebay.functions.SimulatedLookup }");

  /** What is asked for. */
  public record Question(String sensorId) {}

  /** What the server knows. */
  public record Answer(String site) {}

  private final long delayMillis;

  /** Reads the parameter {@code delayMillis}. */
  public SimulatedLookup(Map<String, String> parameters) {
    this.delayMillis = DESCRIPTION.read(SimulatedLookup.class, parameters).get(DELAY);
  }

  @Override
  public CompletionStage<Answer> apply(Question question) {
    Answer answer = new Answer("site-" + Math.floorMod(question.sensorId().hashCode(), 3));
    return new CompletableFuture<Answer>()
        .completeOnTimeout(answer, delayMillis, TimeUnit.MILLISECONDS);
  }
}
