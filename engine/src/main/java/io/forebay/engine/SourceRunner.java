package io.forebay.engine;

import io.forebay.ConfigurationException;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Remedy;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.SourceState;
import io.forebay.internal.log.Part;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Runs one source on a virtual thread of its own, and is its {@link SourceContext}. */
final class SourceRunner implements SourceContext {
  /** How the source ended. */
  sealed interface End {
    /** It came to its end, or was asked to stop. */
    record Finished() implements End {}

    /** It broke. */
    record Broken(String source, Exception cause) implements End {}
  }

  /** What the source says about its outside world. */
  record Standing(Optional<SourceState> state, String detail) {
    static final Standing UNSAID = new Standing(Optional.empty(), "");
  }

  private final int index;
  private final PipelineDefinition.NamedSource source;
  private final Plan plan;
  private final Intake intake;
  private final Frontier start;
  private final Consumer<End> ended;
  private final SourceRows rows;
  private final Thread thread;
  private final LongAdder dropped = new LongAdder();
  private volatile boolean asked;
  private volatile Standing standing = Standing.UNSAID;

  SourceRunner(int index, Plan plan, Intake intake, Frontier start, Consumer<End> ended) {
    this.index = index;
    this.source = plan.config().sources().get(index);
    this.plan = plan;
    this.intake = intake;
    this.start = start;
    this.ended = ended;
    this.rows = new SourceRows(intake, plan.slots(), source.source().schema(), plan.input());
    this.thread = Thread.ofVirtual().name("forebay-source-" + source.name()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Looks whether the source can go on, before anything is opened. */
  void prepare() {
    try {
      source().prepare(this::resumeFrom);
    } catch (IOException e) {
      throw new ConfigurationException(
          "the source '"
              + name()
              + "' cannot go on ("
              + (e.getMessage() == null ? e.toString() : e.getMessage())
              + "): nothing was read, "
              + Remedy.of(e)
              + " and run again",
          e);
    }
  }

  /** From now on an exception is the source's way to stop. */
  void ask() {
    asked = true;
  }

  /** Asks the source to stop. */
  void interrupt() {
    thread.interrupt();
  }

  Thread thread() {
    return thread;
  }

  Source source() {
    return source.source();
  }

  private void run() {
    End end;
    try (var _ = Part.source(name()).enter()) {
      source.source().run(this);
      end = new End.Finished();
    } catch (Exception e) {
      end = asked ? new End.Finished() : new End.Broken(source.name(), e);
    } catch (Throwable e) {
      end = new End.Broken(source.name(), new IllegalStateException(e));
    }
    intake.finished(index);
    ended.accept(end);
  }

  /** Closes the source; it has ended. */
  void close() throws IOException {
    source.source().close();
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public RecordWriter partition(String partition) {
    String key = Partition.key(name(), partition);
    return new PartitionWriter(intake.openKey(index, name(), key, start.of(key)), rows);
  }

  @Override
  public Position resumeFrom(String partition) {
    return start.of(Partition.key(name(), partition));
  }

  @Override
  public Set<String> replacedColumns() {
    return plan.outputNames();
  }

  @Override
  public void state(SourceState state, String detail) {
    standing = new Standing(Optional.of(state), detail);
  }

  @Override
  public void dropped(long records) {
    dropped.add(records);
  }

  /** Records that the source has thrown away. */
  long dropped() {
    return dropped.sum();
  }

  /** What the source said last about its outside world. */
  Standing standing() {
    return standing;
  }
}
