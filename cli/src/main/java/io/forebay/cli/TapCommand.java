package io.forebay.cli;

import io.forebay.cli.client.DashboardClient;
import io.forebay.cli.client.TapClient;
import io.forebay.cli.client.TapClient.Told;
import io.forebay.cli.client.TapTable;
import io.forebay.observe.Format;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay tap}. */
@Command(
    name = "tap",
    description = {
      "Shows records of a running pipeline that was started with --dashboard: as a source has read"
          + " them, as a stage has returned them with those that it has rejected, as a sink is"
          + " given them, or those that went to deadLetter.",
      "Ends with the pipeline, or with Ctrl-C. The token of a protected dashboard is taken from the"
          + " environment variable FOREBAY_DASHBOARD_TOKEN."
    },
    mixinStandardHelpOptions = true)
final class TapCommand implements Callable<Integer> {
  /** How records are shown. */
  enum Shape {
    jsonl,
    table
  }

  /** So many counts, one a second, without a record: then it is said that there was none. */
  private static final int PATIENCE_COUNTS = 3;

  private final Terminal terminal;

  @Parameters(
      index = "0",
      paramLabel = "PART",
      description = "A source, a stage, a sink, or deadLetter; stage:NAME where names are shared.")
  private String part = "";

  @Parameters(
      index = "1",
      paramLabel = "URL",
      arity = "0..1",
      defaultValue = "http://127.0.0.1:9464/",
      description = "Where its dashboard is, or a port of this machine; default: ${DEFAULT-VALUE}")
  private String url = "";

  @Option(
      names = "--where",
      paramLabel = "CONDITION",
      description =
          "Only records that fulfil it: value>80, sensorId=s7, label~text (has it in it),"
              + " value=null; one of = != < <= > >= ~ !~.")
  private String where = "";

  @Option(
      names = "--rate",
      paramLabel = "RECORDS",
      defaultValue = "10",
      description = "Records a second at most, up to 1000; default: ${DEFAULT-VALUE}.")
  private double rate;

  @Option(names = "--limit", paramLabel = "N", description = "Ends after so many records.")
  private @Nullable Long limit;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "jsonl or table; default: table on a terminal, otherwise jsonl.")
  private @Nullable Shape format;

  TapCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("part", part);
    query.put("where", where);
    query.put("rate", Double.toString(rate));
    if (limit != null) {
      query.put("limit", limit.toString());
    }
    Optional<String> token = Optional.ofNullable(System.getenv(DashboardClient.TOKEN));
    try (TapClient tap = new TapClient(url, token, query)) {
      return show(tap, tap.part());
    }
  }

  private int show(TapClient tap, Told.Part seen) {
    boolean asTable =
        format == null ? Terminal.hasConsole(System.console()) : format == Shape.table;
    TapTable table = new TapTable(seen.columns());
    int shown = 0;
    int counts = 0;
    while (!terminal.out().checkError()) { // whoever read it may have gone
      Told told;
      try {
        told = tap.next();
      } catch (IOException e) {
        terminal.err().println("forebay: the pipeline is gone without a word: " + e.getMessage());
        return ExitCode.FAILED;
      }
      switch (told) {
        case Told.Row(String json) -> {
          shown++;
          (asTable ? table.lines(json) : List.of(json)).forEach(terminal.out()::println);
        }
        case Told.Letter(String json) -> {
          shown++;
          terminal.out().println(asTable ? letter(json) : json);
        }
        case Told.Counts now -> {
          if (++counts == PATIENCE_COUNTS && shown == 0) {
            terminal.err().println(nothingYet(seen, now));
          }
        }
        case Told.End(String sentence) -> {
          if (limit == null || shown < limit) {
            terminal.err().println(sentence);
          }
          return ExitCode.DONE;
        }
        case Told.Part _ -> {}
      }
    }
    return ExitCode.DONE;
  }

  private String nothingYet(Told.Part seen, Told.Counts now) {
    String place = "the " + seen.kind() + " '" + seen.name() + "'";
    return now.passed() == 0
        ? "No record has passed " + place + " yet."
        : "None yet: "
            + Format.count(now.passed())
            + " records have passed "
            + place
            + ", and of the "
            + Format.count(now.looked())
            + " that were looked at none fulfils "
            + where
            + ".";
  }

  /** A dead letter in one line. */
  private static String letter(String json) {
    Map<String, String> letter = TapTable.values(json);
    StringBuilder line = new StringBuilder("rejected");
    String by = letter.getOrDefault("stage", "");
    if (!by.isEmpty()) {
      line.append(" by ").append(by);
    }
    line.append(": ").append(letter.getOrDefault("reason", ""));
    String what = letter.getOrDefault("record", letter.getOrDefault("text", ""));
    return TapTable.plain(
        line.append("  (")
            .append(letter.getOrDefault("source", ""))
            .append(' ')
            .append(letter.getOrDefault("sequence", ""))
            .append(")  ")
            .append(what)
            .toString());
  }
}
