package io.forebay.functions;

import io.forebay.AsyncFunction;
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
  /** What is asked for. */
  public record Question(String sensorId) {}

  /** What the server knows. */
  public record Answer(String site) {}

  private final long delayMillis;

  /** Reads the parameter {@code delayMillis}. */
  public SimulatedLookup(Map<String, String> parameters) {
    this.delayMillis = Parameters.millis(parameters, "delayMillis", 5);
  }

  @Override
  public CompletionStage<Answer> apply(Question question) {
    Answer answer = new Answer("site-" + Math.floorMod(question.sensorId().hashCode(), 3));
    return new CompletableFuture<Answer>()
        .completeOnTimeout(answer, delayMillis, TimeUnit.MILLISECONDS);
  }
}
