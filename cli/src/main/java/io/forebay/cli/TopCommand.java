package io.forebay.cli;

import io.forebay.cli.client.DashboardClient;
import io.forebay.cli.client.StatusClient;
import io.forebay.cli.client.TopView;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code forebay top}. */
@Command(
    name = "top",
    description = {
      "Shows a running pipeline that was started with --dashboard, in the terminal.",
      "Keys: s sorts, p pauses, q quits. Without a terminal: shows it once. The token of a"
          + " protected dashboard is taken from the environment variable FOREBAY_DASHBOARD_TOKEN."
    },
    mixinStandardHelpOptions = true)
final class TopCommand implements Callable<Integer> {
  private static final int PLAIN_WIDTH = 160;
  private static final long LOOK_MILLIS = TimeUnit.SECONDS.toMillis(1);

  private final Terminal terminal;

  @Parameters(
      paramLabel = "URL",
      arity = "0..1",
      defaultValue = "http://127.0.0.1:9464/",
      description = "Where its dashboard is, or a port of this machine; default: ${DEFAULT-VALUE}")
  private String url = "";

  TopCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Optional<String> token = Optional.ofNullable(System.getenv(DashboardClient.TOKEN));
    try (StatusClient client = new StatusClient(url, token)) {
      Map<?, ?> first = client.status();
      TopView view = new TopView();
      if (!terminal.interactive() || !Terminal.hasConsole(System.console())) {
        view.lines(first, PLAIN_WIDTH).forEach(terminal.out()::println);
        return ExitCode.DONE;
      }
      try (org.jline.terminal.Terminal screen =
          TerminalBuilder.builder().system(true).ffm(true).nativeSignals(true).build()) {
        watch(client, view, first, screen);
      }
      return ExitCode.DONE;
    }
  }

  private static void watch(
      StatusClient client, TopView view, Map<?, ?> first, org.jline.terminal.Terminal screen)
      throws IOException, InterruptedException {
    Thread me = Thread.currentThread();
    screen.handle(Signal.INT, signal -> me.interrupt());
    screen.enterRawMode(); // undone when it is closed
    screen.puts(Capability.enter_ca_mode);
    screen.puts(Capability.cursor_invisible);
    try {
      Map<?, ?> status = first;
      String trouble = "";
      boolean paused = false;
      while (true) {
        draw(
            screen,
            view.lines(status, Math.max(40, screen.getColumns()), room(screen)),
            trouble,
            view,
            paused);
        int key = screen.reader().read(LOOK_MILLIS);
        switch (key) {
          case 'q', 'Q', 3, 27, NonBlockingReader.EOF -> {
            return;
          }
          case 's', 'S' -> view.turn();
          case 'p', 'P', ' ' -> paused = !paused;
          default -> {}
        }
        if (!paused && key == NonBlockingReader.READ_EXPIRED) {
          try {
            status = client.status();
            trouble = "";
          } catch (ConfigurationException e) {
            trouble = String.valueOf(e.getMessage()); // the last figures stay
          }
        }
      }
    } catch (InterruptedException | InterruptedIOException e) {
      // Ctrl-C: quits as q does.
    } finally {
      screen.puts(Capability.cursor_visible);
      screen.puts(Capability.exit_ca_mode);
      screen.flush();
    }
  }

  /** Lines above the one with the keys. */
  private static int room(org.jline.terminal.Terminal screen) {
    return Math.max(4, screen.getRows()) - 2;
  }

  private static void draw(
      org.jline.terminal.Terminal screen,
      List<String> lines,
      String trouble,
      TopView view,
      boolean paused) {
    screen.puts(Capability.cursor_home);
    for (String line : lines) {
      screen.writer().print(line);
      screen.puts(Capability.clr_eol);
      screen.writer().print("\r\n");
    }
    screen.writer().print(trouble.isEmpty() ? view.keys(paused) : trouble);
    screen.puts(Capability.clr_eos);
    screen.flush();
  }
}
