package io.forebay.engine.internal.plan;

import io.forebay.Batch;
import io.forebay.RowFilter;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.errors.ConfigurationException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The sink that is given what comes too late for windows, and nothing else. All sinks are handed
 * the same batches; each leaves out those with other columns than its own.
 */
public final class LateOutput {
  private LateOutput() {}

  private static Optional<String> name(PipelineDefinition config) {
    return config.aggregation().map(each -> each.windows().late()).filter(name -> !name.isEmpty());
  }

  private static boolean is(Plan plan, PipelineDefinition.NamedSink sink) {
    return name(plan.config()).equals(Optional.of(sink.name()));
  }

  /** The columns of what a sink gets, that one or another. */
  public static Schema columns(Plan plan, PipelineDefinition.NamedSink sink) {
    return plan.windows()
        .flatMap(BoundWindows::late)
        .filter(late -> is(plan, sink))
        .orElseGet(plan::outputs);
  }

  /** The rows that are meant for a sink; empty: all. */
  public static Optional<RowFilter> which(Plan plan, PipelineDefinition.NamedSink sink) {
    return plan.windows()
        .flatMap(BoundWindows::late)
        .map(late -> which(late, is(plan, sink), sink.which()))
        .or(sink::which);
  }

  /**
   * The rows that are meant for a sink.
   *
   * @param late the columns of late records
   * @param these whether it is given these, or all others
   * @param which of them; empty: all
   */
  public static RowFilter which(Schema late, boolean these, Optional<RowFilter> which) {
    return new OfColumns(late, these, which);
  }

  /**
   * Checks whether there is such a sink, before anything is bound.
   *
   * @throws ConfigurationException in one sentence
   */
  static void check(PipelineDefinition config, String stage) {
    List<String> sinks = config.sinks().stream().map(PipelineDefinition.NamedSink::name).toList();
    name(config)
        .ifPresent(name -> {
          if (!sinks.contains(name)) {
            throw new ConfigurationException(
                stage
                    + "late records are for the sink '"
                    + name
                    + "', and there is no such sink: name one of "
                    + String.join(", ", sinks));
          }
          if (sinks.size() == 1) {
            throw new ConfigurationException(
                stage
                    + "the sink '"
                    + name
                    + "' is given late records and nothing else, and there is none for the rows of"
                    + " windows: add another sink");
          }
        });
  }

  /**
   * Checks whether late records can be counted, and told from rows of windows.
   *
   * @throws ConfigurationException in one sentence
   */
  static void check(Plan plan) {
    BoundWindows windows = plan.windows().filter(each -> each.late().isPresent()).orElse(null);
    if (windows == null) {
      return;
    }
    String stage = "stage '" + windows.stage() + "': ";
    for (Plan.Bound before : plan.stages().subList(0, windows.index())) {
      if (before instanceof Plan.Bound.OverBatches batches
          && batches.function().rowShape() == RowShape.ANY) {
        throw new ConfigurationException(
            stage
                + "the stage '"
                + before.stage().name()
                + "' may make several rows of a record, of which some are late and others are not:"
                + " leave out late, so that they go to dead letter");
      }
    }
    if (windows.late().equals(Optional.of(plan.outputs()))) {
      throw new ConfigurationException(
          stage
              + "rows of windows have the same columns as late records, so no sink can tell them"
              + " apart: give one of them another name");
    }
  }

  /** Batches that have these columns, or those that have not. */
  private record OfColumns(Schema columns, boolean these, Optional<RowFilter> which)
      implements RowFilter {
    @Override
    public void check(Schema schema) {
      which.ifPresent(each -> each.check(schema));
    }

    @Override
    public int[] rows(Batch batch) {
      if (batch.schema().equals(columns) != these) {
        return new int[0];
      }
      return which
          .map(each -> each.rows(batch))
          .orElseGet(() -> IntStream.range(0, batch.rows()).toArray());
    }
  }
}
