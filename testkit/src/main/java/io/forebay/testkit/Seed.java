package io.forebay.testkit;

import org.jspecify.annotations.Nullable;

/**
 * What a random test begins from: in {@code ./mvnw verify} always the same, so that a change that
 * turns it red is the cause. {@code -Dforebay.seed=random} draws another one at each call (for long
 * runs, which are to find what is new), {@code -Dforebay.seed=N} repeats what was printed.
 *
 * <pre>{@code
 * SplittableRandom random = new SplittableRandom(Seed.of(1));
 * }</pre>
 */
public final class Seed {
  private static final String PROPERTY = "forebay.seed";

  private Seed() {}

  /**
   * The seed to use, which is printed with the name of the caller's class.
   *
   * @param usual the one of {@code ./mvnw verify}
   */
  public static long of(long usual) {
    long seed = told(System.getProperty(PROPERTY), usual);
    Class<?> test =
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE).getCallerClass();
    System.out.println(
        test.getSimpleName() + ": seed " + seed + " (-D" + PROPERTY + "=" + seed + ")");
    return seed;
  }

  static long told(@Nullable String property, long usual) {
    if (property == null || property.isEmpty()) {
      return usual;
    }
    if (property.equals("random")) {
      return System.nanoTime();
    }
    try {
      return Long.parseLong(property);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "-D" + PROPERTY + "=" + property + " is neither a whole number nor 'random'", e);
    }
  }
}
