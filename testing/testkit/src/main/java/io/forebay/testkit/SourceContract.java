package io.forebay.testkit;

import io.forebay.Position;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.testkit.CollectingContext.Entry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Checks that a source of a finite number of records keeps its contract: sequences ascend, no
 * column without null stays unset, it stops when it is asked to, whatever goes wrong on its threads
 * comes out of {@code run}, and (if it is repeatable) it hands in the same records each time, and
 * exactly the rest when it resumes from any position.
 */
public final class SourceContract {
  private static final int RESUMPTIONS = 25;
  private static final int PATIENCE_SECONDS = 30;

  private final Supplier<? extends Source> sources;
  private final Schema schema;
  private final Map<String, List<Entry>> expected;

  private SourceContract(Supplier<? extends Source> sources) throws Exception {
    this.sources = sources;
    try (Source source = sources.get()) {
      this.schema = source.schema();
    }
    this.expected = run(Map.of(), Integer.MAX_VALUE);
  }

  /**
   * Checks a source.
   *
   * @param sources makes a new source on the same data at each call
   * @throws AssertionError if the contract is broken
   * @throws Exception what the source throws
   */
  public static void check(Supplier<? extends Source> sources) throws Exception {
    SourceContract contract = new SourceContract(sources);
    if (contract.records() == 0) {
      throw new AssertionError("the source handed in nothing: give it some records");
    }
    boolean repeatable;
    try (Source source = sources.get()) {
      repeatable = source.repeatable();
    }
    contract.stopsWhenAsked(repeatable);
    contract.failsWhenTheEngineBreaks();
    if (repeatable) {
      contract.repeats();
    }
  }

  private int records() {
    return expected.values().stream().mapToInt(List::size).sum();
  }

  private void stopsWhenAsked(boolean repeatable) throws Exception {
    for (int room : new int[] {0, 1, records() / 2, records() - 1}) {
      Map<String, List<Entry>> taken = run(Map.of(), room);
      int count = taken.values().stream().mapToInt(List::size).sum();
      if (count != room) {
        throw new AssertionError(
            "the source handed in " + count + " records after it was asked to stop behind " + room);
      }
      if (repeatable) {
        checkNames(taken);
        taken.forEach((partition, entries) ->
            same(
                expected.getOrDefault(partition, List.of()).subList(0, entries.size()),
                entries,
                partition,
                "asked to stop behind " + room + " records"));
      }
    }
  }

  /** Also where the error is met by another thread than that of {@code run}. */
  private void failsWhenTheEngineBreaks() throws Exception {
    try (Source source = sources.get()) {
      FutureTask<Boolean> run =
          new FutureTask<>(() -> {
            source.run(
                new CollectingContext(
                    schema, source.carriesExtras(), Map.of(), records() / 2, true));
            return true;
          });
      Thread thread = Thread.ofPlatform().daemon().start(run);
      try {
        run.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        throw new AssertionError("the source came to its end although a thread of it broke off");
      } catch (TimeoutException e) {
        thread.interrupt();
        throw new AssertionError("the source goes on although a thread of it broke off", e);
      } catch (ExecutionException e) {
        // As it has to be.
      }
    }
  }

  private void repeats() throws Exception {
    for (int seed = 0; seed < RESUMPTIONS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Map<String, Position> resume = new HashMap<>();
      Map<String, List<Entry>> rest = new HashMap<>();
      for (Map.Entry<String, List<Entry>> partition : expected.entrySet()) {
        List<Entry> entries = partition.getValue();
        int done =
            switch (seed) {
              case 0 -> 0;
              case 1 -> entries.size();
              default -> random.nextInt(entries.size() + 1);
            };
        if (done > 0) {
          Entry last = entries.get(done - 1);
          resume.put(partition.getKey(), new Position(last.sequence(), last.offset()));
        }
        rest.put(partition.getKey(), entries.subList(done, entries.size()));
      }
      Map<String, List<Entry>> actual = run(resume, Integer.MAX_VALUE);
      String when = "resumed from " + resume + ", seed " + seed;
      rest.forEach((partition, entries) ->
          same(entries, actual.getOrDefault(partition, List.of()), partition, when));
      checkNames(actual);
    }
  }

  private void checkNames(Map<String, List<Entry>> actual) {
    if (!expected.keySet().containsAll(actual.keySet())) {
      throw new AssertionError(
          "the partitions were " + expected.keySet() + " and are now " + actual.keySet());
    }
  }

  /** What a new source hands in, at most {@code room} records. */
  private Map<String, List<Entry>> run(Map<String, Position> resume, int room) throws Exception {
    try (Source source = sources.get()) {
      if (!source.schema().equals(schema)) {
        throw new AssertionError(
            "the source's schema was " + schema + " and is now " + source.schema());
      }
      CollectingContext context =
          new CollectingContext(schema, source.carriesExtras(), resume, room, false);
      try {
        source.run(context);
      } catch (InterruptedException stopped) {
        if (room == Integer.MAX_VALUE) {
          throw stopped;
        }
      }
      Map<String, List<Entry>> entries = context.entries();
      entries.forEach((partition, list) ->
          list.forEach(entry ->
              source.acknowledged(partition, new Position(entry.sequence(), entry.offset()))));
      return entries;
    }
  }

  private static void same(
      List<Entry> expected, List<Entry> actual, String partition, String when) {
    for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
      Object should = i < expected.size() ? expected.get(i) : "nothing";
      Object is = i < actual.size() ? actual.get(i) : "nothing";
      if (!should.equals(is)) {
        throw new AssertionError(
            "%s: partition '%s' handed in %s, but should %s"
                .formatted(when, partition, is, should));
      }
    }
  }
}
