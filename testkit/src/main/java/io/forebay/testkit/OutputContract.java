package io.forebay.testkit;

import io.forebay.Frontier;
import io.forebay.Output;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.SinkContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@link SinkContract} and {@link DeadLettersContract} have in common: data and progress that
 * are kept together survive a crash at every point, and a resumed run makes what an undisturbed one
 * would have made.
 */
final class OutputContract<O extends Output> {
  private static final int STEPS = 4;
  private static final String PIPELINE = "contract";
  private static final String PARTITION = "source";
  private static final Progress BEGUN = new Progress(PIPELINE, Frontier.START, false);

  /** Writes the records of step 1, 2, … to an output. */
  interface Writer<O extends Output> {
    void write(O output, int step) throws IOException;
  }

  private final Supplier<? extends Place<? extends O>> places;
  private final Writer<O> writer;
  private final Schema schema;

  /** What an undisturbed run leaves after each commit; index 0 is after opening. */
  private final List<@Nullable Object> undisturbed = new ArrayList<>();

  OutputContract(Supplier<? extends Place<? extends O>> places, Writer<O> writer, Schema schema) {
    this.places = places;
    this.writer = writer;
    this.schema = schema;
  }

  void check() throws IOException {
    keepsEachCommit();
    for (int committed = 0; committed <= STEPS; committed++) {
      for (int lost = 0; lost <= 2; lost++) {
        resumesAfterCrash(committed, lost);
      }
    }
    startsOverWhenAsked();
    commitsProgressWithoutData();
  }

  private void keepsEachCommit() throws IOException {
    Place<? extends O> place = places.get();
    try (O output = place.output()) {
      same(Optional.empty(), output.recover(), "recover() where nothing was written");
      output.open(context(false));
      undisturbed.add(place.contents());
      for (int step = 1; step <= STEPS; step++) {
        writer.write(output, step);
        output.commit(progress(step));
        undisturbed.add(place.contents());
        if (Objects.equals(undisturbed.get(step), undisturbed.get(step - 1))) {
          throw new AssertionError("commit " + step + " left nothing new in the contents");
        }
      }
    }
    same(undisturbed.getLast(), place.contents(), "contents after close()");
    try (O output = place.output()) {
      same(Optional.of(progress(STEPS)), output.recover(), "recover() after a complete run");
    }
  }

  /** A crash {@code lost} writes behind commit number {@code committed}. */
  private void resumesAfterCrash(int committed, int lost) throws IOException {
    String when = "after a crash %d writes behind commit %d".formatted(lost, committed);
    Place<? extends O> place = places.get();
    try (O crashed = place.output()) {
      crashed.open(context(false));
      for (int step = 1; step <= committed; step++) {
        writer.write(crashed, step);
        crashed.commit(progress(step));
      }
      for (int step = committed + 1; step <= committed + lost; step++) {
        writer.write(crashed, step);
      }
    }

    try (O twice = place.output()) {
      Object before = place.contents();
      boolean resume = recovers(committed, twice, when);
      same(before, place.contents(), "contents after recover() " + when);
      twice.open(context(resume));
      same(undisturbed.get(committed), place.contents(), "contents after open() " + when);
      writer.write(twice, committed + 1);
    }

    try (O resumed = place.output()) {
      resumed.open(context(recovers(committed, resumed, "after a second crash, " + when)));
      for (int step = committed + 1; step <= STEPS; step++) {
        writer.write(resumed, step);
        resumed.commit(progress(step));
      }
    }
    same(undisturbed.getLast(), place.contents(), "contents of the resumed run " + when);
    try (O output = place.output()) {
      same(Optional.of(progress(STEPS)), output.recover(), "recover() of the resumed run " + when);
    }
  }

  /**
   * Checks what the output recovers. Where nothing was committed that may be nothing, or the
   * progress of an open run that has not begun.
   *
   * @return whether there is something to resume
   */
  private boolean recovers(int committed, O output, String when) throws IOException {
    Optional<Progress> recovered = output.recover();
    if (committed > 0) {
      same(Optional.of(progress(committed)), recovered, "recover() " + when);
    } else if (recovered.isPresent()) {
      same(BEGUN, recovered.get(), "recover() " + when);
    }
    return recovered.isPresent();
  }

  private void startsOverWhenAsked() throws IOException {
    Place<? extends O> place = places.get();
    run(place);
    try (O output = place.output()) {
      output.recover();
      output.open(context(false));
    }
    try (O output = place.output()) {
      Optional<Progress> recovered = output.recover();
      String when = " after a crash when the run had just started over";
      if (recovered.equals(Optional.of(BEGUN))) {
        same(undisturbed.getFirst(), place.contents(), "contents" + when);
      } else if (recovered.isPresent()) {
        same(Optional.of(progress(STEPS)), recovered, "recover()" + when);
        same(undisturbed.getLast(), place.contents(), "contents" + when);
      }
      output.open(context(false));
      writer.write(output, 1);
      output.commit(progress(1));
      same(undisturbed.get(1), place.contents(), "contents after starting over");
    }
    try (O output = place.output()) {
      same(Optional.of(progress(1)), output.recover(), "recover() after starting over");
    }
  }

  private void commitsProgressWithoutData() throws IOException {
    Place<? extends O> place = places.get();
    try (O output = place.output()) {
      output.open(context(false));
      output.commit(progress(1));
      same(undisturbed.get(0), place.contents(), "contents after a commit without a write");
    }
    try (O output = place.output()) {
      same(Optional.of(progress(1)), output.recover(), "recover() after a commit without a write");
    }
  }

  private void run(Place<? extends O> place) throws IOException {
    try (O output = place.output()) {
      output.open(context(false));
      for (int step = 1; step <= STEPS; step++) {
        writer.write(output, step);
        output.commit(progress(step));
      }
    }
  }

  private SinkContext context(boolean resume) {
    return new SinkContext(PIPELINE, schema, List.of(PARTITION), resume);
  }

  /** Offsets beyond 2<sup>32</sup>, as large files have them. */
  private static Progress progress(int step) {
    Position position = new Position(1000L * step, (1L << 33) + step);
    Frontier frontier =
        new Frontier(
            Map.of(PARTITION, position),
            Map.of(PARTITION, new Frontier.Counts(1000L * step, 900L * step, 7L * step)),
            Map.of("live", 3L * step));
    return new Progress(PIPELINE, frontier, step == STEPS);
  }

  private static void same(@Nullable Object expected, @Nullable Object actual, String what) {
    if (!Objects.equals(expected, actual)) {
      throw new AssertionError("%s: expected %s, but was %s".formatted(what, expected, actual));
    }
  }
}
