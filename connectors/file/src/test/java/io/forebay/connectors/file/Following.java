package io.forebay.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Position;
import io.forebay.testkit.CollectingWriter;
import io.forebay.testkit.CollectingWriter.Line;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A source that follows a file, on a thread of its own, until it is closed. */
final class Following implements AutoCloseable {
  final Polls polls = new Polls();
  private final FileSource source;
  private final CollectingWriter writer;
  private final FutureTask<Void> task;
  private final Thread thread;

  Following(FileSource.Builder builder, Position resume) {
    source = builder.follow().waiting(polls).build();
    writer = new CollectingWriter(source.schema());
    task =
        new FutureTask<>(() -> {
          source.run(Sources.context(writer, resume, Set.of()));
          return null;
        });
    thread = Thread.ofVirtual().start(task);
  }

  /** What was read; call it while the source rests. */
  List<Line> lines() {
    return new ArrayList<>(writer.lines());
  }

  /** The ids of the records, and the reasons of what is none. */
  List<Object> ids() {
    return lines().stream()
        .map(line -> line.isRejected() ? line.reason() : line.values().get("id"))
        .toList();
  }

  /** Where reading would go on. */
  Position position(Position resume) {
    List<Line> lines = lines();
    return lines.isEmpty()
        ? resume
        : new Position(lines.getLast().sequence(), lines.getLast().offset());
  }

  /** What ended the source. */
  Throwable failure() throws InterruptedException {
    try {
      task.get(60, TimeUnit.SECONDS);
      return new AssertionError("the source has ended");
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (TimeoutException e) {
      return e;
    }
  }

  @Override
  public void close() throws IOException {
    boolean running = !task.isDone();
    thread.interrupt();
    try {
      thread.join();
      source.close();
      if (running) {
        assertThat(failure()).isInstanceOf(InterruptedException.class);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
