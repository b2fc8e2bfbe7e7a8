package io.forebay.examples;

import io.forebay.connectors.file.JsonlDeadLetters;
import io.forebay.connectors.file.JsonlSink;
import io.forebay.connectors.simulated.SimulatedSource;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.Stage;
import io.forebay.functions.LectureFeatures;

/** The lecture's system as a library: four sensors, worker processes, JSON Lines. */
public final class QuickStart {
  private QuickStart() {}

  /** Takes the folder to write to, {@code out} unless told. */
  public static void main(String[] args) throws InterruptedException {
    String out = args.length > 0 ? args[0] : "out";
    try (Pipeline pipeline =
        Pipeline.builder("quick-start")
            .source("hall-a", new SimulatedSource(4, 12_500, 0, 1))
            .stage(Stage.cpu("features", LectureFeatures.class))
            .sink("features", JsonlSink.to(out + "/features.jsonl"))
            .deadLetters(JsonlDeadLetters.to(out + "/rejected.jsonl"))
            .build()) {
      System.out.println(pipeline.run().snapshot().records());
    }
  }
}
