package io.forebay.benchmarks;

import io.forebay.RecordFunction;
import java.util.function.UnaryOperator;

/** What no worker can be given (slide 8); each is refused in a sentence. */
public final class Refused {
  /** What the functions take and return. */
  public record Reading(double value) {}

  /** A lambda has no name by which a worker could find it. */
  static final UnaryOperator<Reading> LAMBDA = reading -> reading;

  private Refused() {}

  /** Needs an instance of the class around it. */
  @SuppressWarnings("ClassCanBeStatic") // That it is not is why it is refused.
  public final class Inner implements RecordFunction<Reading, Reading> {
    @Override
    public Reading apply(Reading reading) {
      return reading;
    }
  }

  /** Workers cannot know what to give to its constructor. */
  public static final class Connected implements RecordFunction<Reading, Reading> {
    private final AutoCloseable connection;

    /** Takes an open connection. */
    public Connected(AutoCloseable connection) {
      this.connection = connection;
    }

    @Override
    public Reading apply(Reading reading) {
      return reading;
    }

    @Override
    public String toString() {
      return connection.toString();
    }
  }

  /** Has no column for what it wants. */
  public static final class Misspelt implements RecordFunction<Misspelt.In, Misspelt.Out> {
    /** There is a column {@code value}. */
    public record In(double vlaue) {}

    /** What it would add. */
    public record Out(double celsius) {}

    @Override
    public Out apply(In in) {
      return new Out((in.vlaue() - 32) / 1.8);
    }
  }
}
