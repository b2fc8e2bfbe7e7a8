package io.forebay.cli.log;

import io.forebay.internal.log.Part;
import io.forebay.internal.text.Characters;
import io.forebay.observe.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * An entry as one line. Secrets are hidden in what was said before it is quoted: a piece of a
 * quoted text that is taken out could leave half an escape behind.
 */
final class LogLine {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  /** No line is without end, whatever somebody logs. */
  private static final int MOST_CHARS = 64 << 10;

  private final StringBuilder line = new StringBuilder(256);
  private final UnaryOperator<String> hide;

  private LogLine(UnaryOperator<String> hide) {
    this.hide = hide;
  }

  static String of(LogFormat format, LogEntry entry, String pipeline, UnaryOperator<String> hide) {
    LogLine line = new LogLine(hide);
    switch (format) {
      case TEXT -> line.text(entry, pipeline);
      case JSON -> line.json(entry, pipeline);
    }
    return line.line.append('\n').toString();
  }

  private void text(LogEntry entry, String pipeline) {
    TIME.formatTo(entry.time(), line);
    line.append(' ').append(entry.level()).append(' ');
    line.append(onOneLine(hide.apply(entry.logger())));
    if (!pipeline.isEmpty()) {
      line.append(" [").append(pipeline);
      entry
          .part()
          .ifPresent(
              part -> line.append(' ').append(part.kind().label()).append('=').append(name(part)));
      line.append(']');
    }
    entry.worker().ifPresent(worker -> line.append(" [").append(worker).append(']'));
    line.append(' ').append(onOneLine(cut(hide.apply(entry.message()))));
    if (entry.thrown() != null) {
      line.append("\n\t").append(onOneLine(cut(hide.apply(trace(entry.thrown())))));
    }
  }

  private String name(Part part) {
    return onOneLine(hide.apply(part.name()));
  }

  /** Lines after the first begin with a tab, so that no text can pass for another entry. */
  private static String onOneLine(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        clean.append("\n\t");
      } else if (c == '\t' || Characters.isPlain(text, i)) {
        clean.append(c);
      } else if (c != '\r') {
        clean.append('?'); // could steer the terminal
      }
    }
    return clean.toString();
  }

  private void json(LogEntry entry, String pipeline) {
    line.append("{\"timestamp\":\"");
    TIME.formatTo(entry.time(), line);
    line.append('"');
    field("level", entry.level().name());
    field("logger", hide.apply(entry.logger()));
    field("message", cut(hide.apply(entry.message())));
    if (!pipeline.isEmpty()) {
      field("pipeline", hide.apply(pipeline));
    }
    entry.part().ifPresent(part -> field(part.kind().label(), hide.apply(part.name())));
    entry.worker().ifPresent(worker -> field("worker", hide.apply(worker)));
    if (entry.thrown() != null) {
      field("exception", cut(hide.apply(trace(entry.thrown()))));
    }
    line.append('}');
  }

  private void field(String key, String value) {
    line.append(",\"").append(key).append("\":");
    Json.quote(value, line);
  }

  private static String cut(String text) {
    return text.length() <= MOST_CHARS
        ? text
        : text.substring(0, MOST_CHARS) + "… (" + (text.length() - MOST_CHARS) + " more)";
  }

  private static String trace(Throwable thrown) {
    try {
      StringWriter trace = new StringWriter();
      thrown.printStackTrace(new PrintWriter(trace));
      return trace.toString().stripTrailing();
    } catch (RuntimeException e) { // an exception whose message cannot be made
      return thrown.getClass().getName();
    }
  }
}
