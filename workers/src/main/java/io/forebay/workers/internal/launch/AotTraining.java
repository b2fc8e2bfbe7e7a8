package io.forebay.workers.internal.launch;

import java.nio.file.Path;

/**
 * Makes an AOT cache for workers as a program of its own, for whoever packages or starts an
 * application: {@code java -cp JARS …AotTraining FILE}, with the class path that the application
 * will have. Which file workers start from is said by {@code -Dio.forebay.workers.aotCache=FILE}.
 *
 * <p>A worker's cache is not that of the application: with the profiles of an engine, workers
 * compile at their start what only the engine needs.
 */
public final class AotTraining {
  private AotTraining() {}

  /** Ends with exit code 1 if there is no such cache to be had. */
  public static void main(String[] arguments) throws Exception {
    AotRecipe recipe = new AotRecipe(System.getProperty("java.class.path", ""));
    if (arguments.length != 1 || !recipe.isPossible() || !recipe.make(Path.of(arguments[0]))) {
      System.exit(1);
    }
  }
}
