package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FailedStartTest {
  private final List<String> closed = new ArrayList<>();

  /** Opens, or does not, and holds something in any case. */
  private final class Holding implements Sink {
    private final String name;
    private final boolean opens;

    Holding(String name, boolean opens) {
      this.name = name;
      this.opens = opens;
    }

    @Override
    public Optional<Progress> recover() {
      return Optional.empty();
    }

    @Override
    public void open(SinkContext context) throws IOException {
      if (!opens) {
        throw new IOException("the disk is full");
      }
    }

    @Override
    public void write(Batch batch) {}

    @Override
    public void commit(Progress progress) {}

    @Override
    public boolean effectivelyOnce() {
      return false;
    }

    @Override
    public void close() {
      closed.add(name);
    }
  }

  @Test
  void closes_every_output_when_one_cannot_be_opened() {
    Pipeline pipeline =
        Pipeline.builder("start")
            .source("numbers", new TestSource(1))
            .sink("one", new Holding("one", true))
            .sink("two", new Holding("two", false))
            .sink("three", new Holding("three", true))
            .build();

    assertThatThrownBy(pipeline::start)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the output 'two' cannot be opened (the disk is full)");

    assertThat(closed).containsExactlyInAnyOrder("one", "two", "three");
  }
}
