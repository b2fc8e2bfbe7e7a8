package io.forebay.workers.internal.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.api.WorkerPriority;
import io.forebay.workers.internal.binding.ErrorText;
import io.forebay.workers.internal.process.Grandchildren;
import io.forebay.workers.internal.protocol.Assignment;
import io.forebay.workers.internal.protocol.Frame;
import io.forebay.workers.internal.protocol.Payload;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts a worker process and shakes hands with it. The socket lies in a directory that only this
 * user can enter and that is removed as soon as the worker has connected; the worker proves by a
 * secret, which it was given through its standard input, that it is the one.
 */
public final class WorkerLauncher {
  /** How long a worker may take to start, bind its function and say so. */
  static final long START_SECONDS = 30;

  private static final SecureRandom RANDOM = new SecureRandom();

  /** A worker could not be started: it died or refused. */
  public static final class StartException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient WorkerEnd end;

    StartException(WorkerEnd end) {
      super(end.what());
      this.end = end;
    }

    public WorkerEnd end() {
      return end;
    }
  }

  /**
   * Which worker.
   *
   * @param name for example {@code features worker-1}
   * @param mark see {@link Grandchildren}
   * @param region which part of the control region it has
   */
  public record Start(
      String name, String mark, int region, long memoryBytes, WorkerPriority priority) {
    /** Of a process that is as everything else. */
    public Start(String name, String mark, int region, long memoryBytes) {
      this(name, mark, region, memoryBytes, WorkerPriority.NORMAL);
    }
  }

  private WorkerLauncher() {}

  /** A worker that has answered what it was asked for. */
  public record Greeted(
      Process process, SocketChannel channel, WorkerOutput output, Payload answer) {}

  /**
   * Starts a worker and gives it its work; returns when it is ready. Its channel does not block.
   *
   * @param before what it is sent before its assignment
   * @param started is told of the process at once, so that it can be killed meanwhile
   */
  public static Greeted launch(
      Start start,
      WorkerProgram program,
      List<Frame> before,
      Assignment assignment,
      WorkerLog log,
      Consumer<Process> started)
      throws IOException, InterruptedException, StartException {
    List<Frame> request = new ArrayList<>(before);
    request.add(assignment.encode());
    Greeted greeted = greet(start, program, request, Frame.READY, log, started);
    boolean ready = false;
    try {
      greeted.answer.end();
      greeted.channel.configureBlocking(false);
      ready = true;
      return greeted;
    } finally {
      if (!ready) {
        end(greeted.process, start);
        greeted.channel.close();
      }
    }
  }

  /** Starts a worker and asks it for something; returns when it has answered as expected. */
  static Greeted greet(
      Start start,
      WorkerProgram program,
      Frame request,
      short expected,
      WorkerLog log,
      Consumer<Process> started)
      throws IOException, InterruptedException, StartException {
    return greet(start, program, List.of(request), expected, log, started);
  }

  private static Greeted greet(
      Start start,
      WorkerProgram program,
      List<Frame> request,
      short expected,
      WorkerLog log,
      Consumer<Process> started)
      throws IOException, InterruptedException, StartException {
    Path directory = SocketFolder.create();
    Path socket = directory.resolve(SocketFolder.SOCKET);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Process process =
          Spawner.start(
              program.process(socket, start.memoryBytes(), start.mark()), start.priority());
      started.accept(process);
      WorkerOutput output = new WorkerOutput(start.name(), process.getInputStream(), log);
      List<Frame> frames = new ArrayList<>();
      boolean ready = false;
      try {
        frames.addAll(program.opening(start.memoryBytes()));
        frames.addAll(request);
        Greeted greeted = handshake(server, process, program, frames, expected, output, start);
        ready = true;
        return greeted;
      } finally {
        if (!ready) {
          end(process, start);
        }
      }
    } finally {
      SocketFolder.remove(directory);
    }
  }

  private static void end(Process process, Start start) {
    process.destroyForcibly();
    Grandchildren.kill(start.mark(), process.pid());
  }

  @SuppressWarnings("MustBeClosedChecker") // returned, or closed when something fails
  private static Greeted handshake(
      ServerSocketChannel server,
      Process process,
      WorkerProgram program,
      List<Frame> frames,
      short expected,
      WorkerOutput output,
      Start start)
      throws InterruptedException, StartException {
    byte[] token = new byte[Frame.TOKEN_BYTES];
    RANDOM.nextBytes(token);
    Deadline deadline = new Deadline(server, process);
    // Both a death and a lack of time end the waiting by closing what is waited for.
    CompletableFuture<Process> watch = process.onExit().orTimeout(START_SECONDS, TimeUnit.SECONDS);
    CompletableFuture<Process> expiry =
        watch.whenComplete((ended, late) -> deadline.expire(late != null));
    boolean done = false;
    try {
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(program.input(token));
      }
      SocketChannel channel = server.accept();
      deadline.watch(channel);
      Payload hello = Frame.readFrom(channel).expect(Frame.HELLO);
      long pid = hello.number();
      if (pid != process.pid() || !MessageDigest.isEqual(token, hello.bytes(token.length))) {
        throw new IOException("another process than the worker has connected");
      }
      for (Frame frame : frames) {
        frame.writeTo(channel);
      }
      Frame answer = Frame.readFrom(channel);
      if (answer.type() == Frame.REFUSED) {
        throw new StartException(
            new WorkerEnd(
                WorkerEnd.Kind.REFUSED,
                "refused to start",
                answer.expect(Frame.REFUSED).text(),
                ""));
      }
      Payload payload = answer.expect(expected);
      done = deadline.release();
      if (!done) {
        throw new IOException("it did not become ready within " + START_SECONDS + " s");
      }
      return new Greeted(process, channel, output, payload);
    } catch (IOException | ConfigurationException e) {
      throw new StartException(failure(process, deadline, e, output, start.memoryBytes()));
    } finally {
      if (!done) {
        deadline.expire(false);
      }
      watch.cancel(false);
      expiry.cancel(false);
    }
  }

  private static WorkerEnd failure(
      Process process, Deadline deadline, Exception cause, WorkerOutput output, long memoryBytes)
      throws InterruptedException {
    // Where the process has died, its end says more than that the channel was closed.
    boolean died = process.waitFor(200, TimeUnit.MILLISECONDS);
    if (!died) {
      process.toHandle().destroyForcibly(); // What it has printed is read below.
      process.waitFor(10, TimeUnit.SECONDS);
    }
    OutputTail tail = output.end();
    if (died && !deadline.isLate()) {
      return WorkerEnd.ofExit(process.exitValue(), tail, memoryBytes);
    }
    return new WorkerEnd(
        WorkerEnd.Kind.NOT_STARTED,
        "could not be started",
        deadline.isLate()
            ? "it was not ready after " + START_SECONDS + " s"
            : ErrorText.headline(cause),
        String.join("\n", tail.lines()));
  }

  /** Closes what a handshake waits for, and ends who is late, unless it is done before. */
  private static final class Deadline {
    private final ServerSocketChannel server;

    @GuardedBy("this")
    private @Nullable SocketChannel channel;

    private final Process process;

    @GuardedBy("this")
    private boolean over;

    @GuardedBy("this")
    private boolean late;

    Deadline(ServerSocketChannel server, Process process) {
      this.server = server;
      this.process = process;
    }

    synchronized void watch(SocketChannel accepted) {
      channel = accepted;
      if (over) {
        closeAll();
      }
    }

    /** The channel is no longer watched; false if it was closed already. */
    synchronized boolean release() {
      boolean inTime = !over;
      over = true;
      return inTime;
    }

    /**
     * The process has ended, or has to.
     *
     * @param tooLate whether it is because of the time
     */
    synchronized void expire(boolean tooLate) {
      if (!over) {
        over = true;
        late = tooLate;
        if (tooLate) {
          process.toHandle().destroyForcibly(); // Also it may not have read its standard input.
        }
        closeAll();
      }
    }

    synchronized boolean isLate() {
      return late;
    }

    @GuardedBy("this")
    private void closeAll() {
      try {
        server.close();
        if (channel != null) {
          channel.close();
        }
      } catch (IOException e) {
        // The descriptors are released in any case.
      }
    }
  }
}
