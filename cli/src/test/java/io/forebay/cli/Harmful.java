package io.forebay.cli;

import io.forebay.RecordFunction;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A function that does to its worker what the parameter {@code does} says. */
public final class Harmful implements RecordFunction<Harmful.In, Harmful.Out> {
  /** A reading. */
  public record In(double value) {}

  /** The same. */
  public record Out(double same) {}

  private final String does;

  public Harmful(Map<String, String> parameters) {
    does = parameters.getOrDefault("does", "nothing");
  }

  @Override
  public Out apply(In in) {
    switch (does) {
      case "exit" -> Runtime.getRuntime().halt(7);
      case "hang" -> new CompletableFuture<Void>().join();
      case "refuse" -> throw new IllegalArgumentException("no such sensor");
      case "wait" ->
          new CompletableFuture<Void>().completeOnTimeout(null, 20, TimeUnit.MILLISECONDS).join();
      default -> {}
    }
    return new Out(in.value());
  }
}
