package io.forebay.cli.letters;

import io.forebay.errors.ConfigurationException;
import io.forebay.observe.Format;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay letters}. */
@Command(
    name = "letters",
    description = {
      "Says what is in a file of dead letters: how many, from where, and why.",
      "`forebay replay` sends them through their pipeline again."
    },
    mixinStandardHelpOptions = true)
public final class LettersCommand implements Callable<Integer> {
  private static final int DONE = 0;

  private final PrintStream out;

  @Parameters(paramLabel = "LETTERS.jsonl", description = "The dead letters.")
  private Path file = Path.of("");

  @Option(
      names = "--from",
      paramLabel = "PART",
      description = "Only those of this source, stage or sink.")
  private @Nullable String from;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Only those whose reason contains this text.")
  private @Nullable String reason;

  @Option(
      names = "--reasons",
      paramLabel = "N",
      defaultValue = "10",
      description = "So many reasons at most, the most frequent first. Default: 10.")
  private int reasons;

  @Option(
      names = "--records",
      paramLabel = "N",
      arity = "0..1",
      fallbackValue = "2147483647",
      defaultValue = "0",
      description =
          "Prints the records themselves instead, a line each: the first N, or all without a"
              + " number.")
  private int records;

  /** Prints there. */
  public LettersCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    if (reasons < 1 || records < 0) {
      throw new ConfigurationException("--reasons and --records take a number from 1 on");
    }
    if (!Files.exists(file)) {
      throw new ConfigurationException("there is no file of dead letters '" + file + "'");
    }
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(
          "'" + file + "' is not a regular file: name the file itself");
    }
    LetterCounts counts = new LetterCounts();
    Span span = read(counts);
    if (records > 0) {
      return DONE;
    }
    if (counts.letters() == 0) {
      out.println(
          "There are no "
              + (from == null && reason == null ? "" : "such ")
              + "dead letters in '"
              + file
              + "'.");
      return DONE;
    }
    out.println(
        Format.count(counts.letters())
            + (counts.letters() == 1 ? " dead letter in " : " dead letters in ")
            + file
            + span.text()
            + ":");
    counts.lines(reasons).forEach(out::println);
    span.cut.ifPresent(line ->
        out.println("Line " + line + ", the last one, is not whole: it is still being written."));
    return DONE;
  }

  /** When the first and the last of the letters were written, and the number of a cut last line. */
  private record Span(String first, String last, Optional<Long> cut) {
    String text() {
      return first.isEmpty()
          ? ""
          : first.equals(last) ? ", " + first : ", " + first + " to " + last;
    }
  }

  private Span read(LetterCounts counts) {
    String first = "";
    String last = "";
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      long number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        Optional<Letter> parsed = Letter.parse(number, line);
        if (parsed.isEmpty()) {
          if (in.readLine() == null) {
            return new Span(first, last, Optional.of(number));
          }
          throw new ConfigurationException(
              "line "
                  + number
                  + " of '"
                  + file
                  + "' is no dead letter, which is a JSON object with source, reason, and record or"
                  + " text: name a file of dead letters");
        }
        Letter letter = parsed.get();
        if (!isWanted(letter)) {
          continue;
        }
        counts.add(letter);
        first = first.isEmpty() ? letter.rejectedAt() : first;
        last = letter.rejectedAt();
        if (records > 0) {
          out.println(letter.content());
          if (counts.letters() == records) {
            break;
          }
        }
      }
    } catch (MalformedInputException e) {
      throw new ConfigurationException("'" + file + "' is no text in UTF-8, so no dead letters", e);
    } catch (IOException e) {
      throw new ConfigurationException(
          "the dead letters '" + file + "' cannot be read: " + e.getMessage(), e);
    }
    return new Span(first, last, Optional.empty());
  }

  private boolean isWanted(Letter letter) {
    return (from == null || from.equals(letter.from()))
        && (reason == null || letter.reason().contains(reason));
  }
}
