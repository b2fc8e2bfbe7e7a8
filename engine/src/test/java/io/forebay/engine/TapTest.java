package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.engine.api.Stage;
import io.forebay.errors.ConfigurationException;
import io.forebay.snapshot.Placement;
import io.forebay.tap.Tap;
import io.forebay.tap.TapPart;
import io.forebay.tap.TapRequest;
import io.forebay.tap.TapSample;
import io.forebay.tap.Taps;
import io.forebay.tap.TooManyTapsException;
import io.forebay.testkit.Batches;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class TapTest {
  private static final double FAST = TapRequest.MOST_A_SECOND;

  private final CountDownLatch opened = new CountDownLatch(1);
  private final RecordingSink sink = new RecordingSink();
  private final RecordingDeadLetters dead = new RecordingDeadLetters();
  private final List<Tap> taps = new ArrayList<>();
  private @Nullable Pipeline pipeline;

  /** Numbers that come once the test has its taps. */
  private record Numbers(long from, long to, CountDownLatch opened) implements Source {
    @Override
    public Schema schema() {
      return TestSource.SCHEMA;
    }

    @Override
    public boolean repeatable() {
      return true;
    }

    @Override
    public void run(SourceContext context) throws InterruptedException {
      opened.await();
      RecordWriter writer = context.partition("");
      for (long n = from; n <= to; n++) {
        if (n % 13 == 0) {
          writer.reject(n, n, "unlucky", "<" + n + ">");
        } else {
          writer.setLong(0, n);
          writer.append(n, n);
        }
      }
    }
  }

  private Pipeline start(long records) {
    Pipeline started =
        Pipeline.builder("numbers")
            .source("low", new Numbers(1, records, opened))
            .source("high", new Numbers(1_000_001, 1_000_000 + records, opened))
            .forebay(8, 1 << 14)
            .stage(Stage.cpu("sieve", TestFunctions.Sieve.class).on(Placement.INLINE))
            .stage(Stage.cpu("out", TestFunctions.Half.class).on(Placement.THREADS).workers(2))
            .sink("out", sink)
            .deadLetters(dead)
            .build()
            .start();
    pipeline = started;
    return started;
  }

  @AfterEach
  void close() {
    opened.countDown();
    taps.forEach(Tap::close);
    if (pipeline != null) {
      pipeline.close();
    }
  }

  private Tap tap(String part, String where, double perSecond) {
    Tap tap = pipeline.taps().open(new TapRequest(part, where, perSecond));
    taps.add(tap);
    return tap;
  }

  private static List<TapSample> samples(Tap tap) {
    List<TapSample> samples = new ArrayList<>();
    for (TapSample next = tap.poll(); next != null; next = tap.poll()) {
      samples.add(next);
    }
    return samples;
  }

  private static List<Map<String, @Nullable Object>> rows(List<TapSample> samples) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (TapSample sample : samples) {
      if (sample instanceof TapSample.Row(var batch)) {
        rows.addAll(Batches.rows(batch));
      }
    }
    return rows;
  }

  private static List<String> letters(List<TapSample> samples) {
    List<String> letters = new ArrayList<>();
    for (TapSample sample : samples) {
      if (sample instanceof TapSample.Letter(var rejection)) {
        letters.add(rejection.source() + " " + rejection.sequence() + " " + rejection.reason());
      }
    }
    return letters;
  }

  private static List<Object> n(List<TapSample> samples) {
    return rows(samples).stream().<Object>map(row -> row.get("n")).sorted().toList();
  }

  @Test
  void shows_at_each_part_what_is_there_when_records_pass() throws Exception {
    start(60);
    Tap low = tap("low", "", FAST);
    Tap sieve = tap("sieve", "", FAST);
    Tap half = tap("stage:out", "", FAST);
    Tap out = tap("sink:out", "", FAST);
    Tap letters = tap("deadLetter", "", FAST);
    opened.countDown();
    pipeline.await();

    List<TapSample> read = samples(low);
    assertThat(n(read))
        .isEqualTo(LongStream.rangeClosed(1, 60).filter(n -> n % 13 != 0).boxed().toList());
    assertThat(letters(read)).contains("low 13 unlucky").hasSize(4);
    List<TapSample> sieved = samples(sieve);
    assertThat(n(sieved))
        .isEqualTo(sink.rows().stream().map(row -> row.values().get("n")).sorted().toList());
    assertThat(letters(sieved))
        .contains("low 7 7 is divisible by 7", "low 14 14 is divisible by 7")
        .doesNotContain("low 13 unlucky");
    assertThat(rows(samples(half)))
        .containsExactlyInAnyOrderElementsOf(
            sink.rows().stream().map(RecordingSink.Row::values).toList());
    assertThat(rows(samples(out)))
        .isEqualTo(sink.rows().stream().map(RecordingSink.Row::values).toList());
    assertThat(out.passed()).isEqualTo(sink.rows().size());
    assertThat(out.looked()).isEqualTo(out.passed());
    assertThat(letters(samples(letters)))
        .hasSize(dead.letters().size())
        .contains("low 13 unlucky", "low 7 7 is divisible by 7")
        .contains("high 1000006 1000006 is divisible by 7");
  }

  @Test
  void finds_rare_records_when_there_is_a_condition() throws Exception {
    start(30_000);
    Tap rare = tap("sink:out", "half=10000.5", FAST);
    Tap reason = tap("deadLetter", "reason~1020012 is", FAST);
    Tap source = tap("deadLetter", "n=14", FAST);
    opened.countDown();
    pipeline.await();
    assertThat(n(samples(rare))).containsExactly(20_001L);
    assertThat(letters(samples(reason))).containsExactly("high 1020012 1020012 is divisible by 7");
    assertThat(letters(samples(source))).containsExactly("low 14 14 is divisible by 7");
    assertThat(rare.looked()).isEqualTo(rare.passed());
  }

  @Test
  void keeps_to_the_rate_and_to_the_room_when_nobody_takes_samples() throws Exception {
    start(20_000);
    Tap slow = tap("low", "", 3);
    Tap stuck = tap("high", "", FAST);
    opened.countDown();
    pipeline.await();
    double seconds = pipeline.snapshot().elapsed().toNanos() / 1e9;
    assertThat(samples(slow)).hasSizeBetween(3, 3 + (int) Math.ceil(3 * seconds));
    assertThat(samples(stuck)).hasSizeLessThan(10_000);
    assertThat(sink.rows()).hasSize(2 * 20_000 - filteredOrRejected());
  }

  private int filteredOrRejected() {
    var records = pipeline.snapshot().records();
    return (int) (records.filtered() + records.deadLettered());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "siev | there is no part 'siev', did you mean 'sieve'?: the source 'low', the source"
            + " 'high', the stage 'sieve', the stage 'out', the sink 'out', the dead letter"
            + " 'deadLetter'",
        "out | 'out' is the name of 2 parts: write stage:out or sink:out",
        "temperature | there is no part 'temperature': the source 'low'"
      })
  void says_which_parts_there_are_when_none_is_meant(String part, String said) {
    start(1);
    assertThatThrownBy(() -> tap(part, "", 1))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(said);
  }

  @Test
  void refuses_more_taps_and_other_rates_when_there_are_enough() {
    start(1);
    for (int i = 0; i < Taps.MOST; i++) {
      tap("low", "", 1);
    }
    assertThatThrownBy(() -> tap("low", "", 1)).isInstanceOf(TooManyTapsException.class);
    taps.removeFirst().close();
    tap("low", "", 0.1);
    taps.forEach(Tap::close);
    for (double rate : new double[] {0, -1, 1001, Double.NaN}) {
      assertThatThrownBy(() -> tap("low", "", rate))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("is not possible");
    }
    assertThat(pipeline.taps().parts())
        .extracting(TapPart::name)
        .containsExactly("low", "high", "sieve", "out", "out", "deadLetter");
  }
}
