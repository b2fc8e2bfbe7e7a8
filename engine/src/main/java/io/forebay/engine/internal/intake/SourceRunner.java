package io.forebay.engine.internal.intake;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.SourceState;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.heartbeat.Heartbeats;
import io.forebay.engine.internal.heartbeat.SourceWatch;
import io.forebay.engine.internal.plan.PipelineDefinition;
import io.forebay.engine.internal.plan.Plan;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.files.Remedy;
import io.forebay.internal.log.Part;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Runs one source on a virtual thread of its own, and is its {@link SourceContext}. */
public final class SourceRunner implements SourceContext {
  /** How the source ended. */
  public sealed interface End {
    /** It came to its end, or was asked to stop. */
    record Finished() implements End {}

    /** It broke. */
    record Broken(String source, Exception cause) implements End {}
  }

  /** What the source says about its outside world. */
  public record Standing(Optional<SourceState> state, String detail) {
    static final Standing UNSAID = new Standing(Optional.empty(), "");
  }

  private final int index;
  private final PipelineDefinition.NamedSource source;
  private final Plan plan;
  private final Intake intake;
  private final Frontier start;
  private final Heartbeats heartbeats;
  private final Consumer<End> ended;
  private final SourceRows rows;
  private final Thread thread;
  private final LongAdder dropped = new LongAdder();
  private volatile boolean asked;
  private volatile Standing standing = Standing.UNSAID;

  public SourceRunner(
      int index,
      Plan plan,
      Intake intake,
      Frontier start,
      Heartbeats heartbeats,
      Consumer<End> ended) {
    this.index = index;
    this.source = plan.config().sources().get(index);
    this.plan = plan;
    this.intake = intake;
    this.start = start;
    this.heartbeats = heartbeats;
    this.ended = ended;
    this.rows = new SourceRows(intake, plan.slots(), source.source().schema(), plan.input());
    this.thread = Thread.ofVirtual().name("forebay-source-" + source.name()).unstarted(this::run);
  }

  public void start() {
    thread.start();
    heartbeats.watch(new SourceWatch(name(), thread, () -> intake.records(index)));
  }

  /** Looks whether the source can go on, before anything is opened. */
  public void prepare() {
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
  public void ask() {
    asked = true;
  }

  /** Asks the source to stop. */
  public void interrupt() {
    thread.interrupt();
  }

  public Thread thread() {
    return thread;
  }

  public Source source() {
    return source.source();
  }

  public boolean forgets() {
    return source.forgets();
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
    intake.finished(index, end instanceof End.Finished && !asked);
    ended.accept(end);
  }

  /** Closes the source; it has ended. */
  public void close() throws IOException {
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
  public void receivesOn(Executor loop) {
    heartbeats.add("loops of " + name(), loop, null);
  }

  @Override
  public void dropped(long records) {
    dropped.add(records);
  }

  /** Records that the source has thrown away. */
  public long dropped() {
    return dropped.sum();
  }

  /** What the source said last about its outside world. */
  public Standing standing() {
    return standing;
  }
}
