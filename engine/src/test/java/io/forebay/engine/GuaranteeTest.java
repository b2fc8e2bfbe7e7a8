package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.errors.ConfigurationException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuaranteeTest {
  private record Kind(boolean repeatable, boolean redelivers) implements Source {
    @Override
    public Schema schema() {
      return TestSource.SCHEMA;
    }

    @Override
    public void run(SourceContext context) {}
  }

  private record Store(boolean effectivelyOnce, boolean retryable) implements Sink {
    @Override
    public Optional<Progress> recover() {
      return Optional.empty();
    }

    @Override
    public void open(SinkContext context) {}

    @Override
    public void write(Batch batch) {}

    @Override
    public void commit(Progress progress) {}

    @Override
    public void close() {}
  }

  private static PipelineBuilder pipeline(Source source, Sink sink, boolean ordered) {
    return Pipeline.builder("p").source("in", source).sink("out", sink).ordered(ordered);
  }

  /** repeatable, redelivers; effectively-once, retryable; ordered: loses and repeats nothing. */
  @ParameterizedTest
  @CsvSource({
    "true, false, true, false, true, true, true",
    "true, false, true, true, true, true, true",
    "true, false, false, false, true, true, false",
    "true, false, true, false, false, true, false",
    "false, true, true, false, true, true, false",
    "false, true, false, true, true, true, false",
    "false, false, true, false, true, false, true",
    "false, false, true, true, true, false, true",
    "false, false, false, false, true, false, true",
    "false, false, false, false, false, false, true",
    "false, false, false, true, true, false, false",
    "false, false, true, true, false, false, false",
  })
  void follows_from_the_contracts(
      boolean repeatable,
      boolean redelivers,
      boolean effectivelyOnce,
      boolean retryable,
      boolean ordered,
      boolean losesNothing,
      boolean repeatsNothing) {
    Source source = new Kind(repeatable, redelivers);
    Sink sink = new Store(effectivelyOnce, retryable);

    assertThat(pipeline(source, sink, ordered).build().guarantees())
        .containsExactly(new Guarantee("in", "out", losesNothing, repeatsNothing));

    for (Delivery asked : Delivery.values()) {
      boolean given =
          switch (asked) {
            case AT_LEAST_ONCE -> losesNothing;
            case AT_MOST_ONCE -> repeatsNothing;
            case EFFECTIVELY_ONCE -> losesNothing && repeatsNothing;
          };
      if (given) {
        assertThatCode(() -> pipeline(source, sink, ordered).delivery(asked).build())
            .doesNotThrowAnyException();
      } else {
        assertThatThrownBy(() -> pipeline(source, sink, ordered).delivery(asked).build())
            .isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("cannot be given");
      }
    }
  }

  @Test
  void says_what_to_change_when_more_is_asked_than_can_be_given() {
    Sink file = new Store(true, false);
    Sink broker = new Store(false, true);
    Source sensor = new Kind(false, false);
    Source replay = new Kind(true, false);

    assertThatThrownBy(() -> pipeline(sensor, file, true).delivery(Delivery.AT_LEAST_ONCE).build())
        .hasMessage(
            "delivery at-least-once cannot be given: after a crash the source 'in' cannot read"
                + " again what was in flight; give it a spool, as in spool: { path: spool/in }");
    assertThatThrownBy(
            () -> pipeline(replay, broker, true).delivery(Delivery.EFFECTIVELY_ONCE).build())
        .hasMessageContaining("the sink 'out' does not keep its progress");
    assertThatThrownBy(
            () -> pipeline(replay, file, false).delivery(Delivery.EFFECTIVELY_ONCE).build())
        .hasMessageContaining("remove ordered: false");
  }

  @Test
  void is_one_sentence_when_it_is_the_same_everywhere() {
    Source replay = new Kind(true, false);
    Sink file = new Store(true, false);
    Sink broker = new Store(false, true);

    assertThat(Guarantee.notices(pipeline(replay, file, true).build().guarantees()))
        .containsExactly(
            "Delivery: effectively once; after a crash the same command goes on where it stopped.");
    assertThat(
            Guarantee.notices(
                pipeline(replay, file, true).sink("mqtt", broker).build().guarantees()))
        .containsExactly(
            "Delivery from 'in' to 'out': effectively once; after a crash the same command goes on"
                + " where it stopped.",
            "Delivery from 'in' to 'mqtt': at least once; after a crash records may be delivered"
                + " twice.");
  }
}
