package io.forebay.internal.log;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A part of a pipeline, as what works for it: a thread says so around what it does, and the threads
 * that it starts meanwhile (a client's, those of a pool) inherit it. Whoever writes the log asks.
 *
 * <pre>{@code
 * try (var _ = Part.sink("store").enter()) {
 *   sink.write(batch);
 * }
 * }</pre>
 */
public record Part(Kind kind, String name) {
  private static final InheritableThreadLocal<@Nullable Part> CURRENT =
      new InheritableThreadLocal<>();

  /** What there is in a pipeline. */
  public enum Kind {
    SOURCE,
    STAGE,
    SINK;

    /** As it is called in what people and programs read. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Until it is closed, by the same thread, the thread works for a part. */
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /** A source. */
  public static Part source(String name) {
    return new Part(Kind.SOURCE, name);
  }

  /** A stage. */
  public static Part stage(String name) {
    return new Part(Kind.STAGE, name);
  }

  /** A sink. */
  public static Part sink(String name) {
    return new Part(Kind.SINK, name);
  }

  /** The part for which the calling thread works, if that is known. */
  public static Optional<Part> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  /** The calling thread works for this part until the scope is closed. */
  public Scope enter() {
    Part before = CURRENT.get();
    CURRENT.set(this);
    return () -> CURRENT.set(before);
  }
}
