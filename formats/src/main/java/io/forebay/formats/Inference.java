package io.forebay.formats;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.JsonText;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.Words;
import io.forebay.formats.internal.csv.CsvCells;
import io.forebay.formats.internal.csv.CsvHeader;
import io.forebay.formats.internal.csv.CsvValues;
import io.forebay.formats.internal.json.JsonScanner;
import io.forebay.formats.internal.json.JsonValues;
import io.forebay.formats.internal.json.LineBuffer;
import io.forebay.formats.internal.numbers.Decimal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds out the fields of a file from its first 1,000 lines or first MiB, whichever ends first.
 *
 * @param line what was found, as it can be written into a pipeline file
 */
public record Inference(Schema schema, String line) {
  /** How many lines are looked at. */
  public static final int MOST_LINES = 1_000;

  /** How many bytes are looked at. */
  public static final int MOST_BYTES = 1 << 20;

  /**
   * The fields of JSON Lines.
   *
   * @param name the file's name for messages
   * @param sample its first whole lines
   * @throws ConfigurationException if there are none
   */
  public static Inference ofJsonLines(String name, byte[] sample, FormatLimits limits)
      throws IOException, InterruptedException {
    Sample found = new Sample(name, sample, limits);
    Schema schema = found.ofJson();
    return new Inference(schema, line(schema, found.lines()));
  }

  /**
   * The fields of CSV, in the order of its header; those that are not declared are inferred, or
   * texts where some are.
   *
   * @param name the file's name for messages
   * @param sample its first whole lines
   * @param row whether the first row is sure to have the names
   * @throws ConfigurationException if the header cannot be read or lacks a declared field
   */
  public static Inference ofCsv(
      String name,
      byte[] sample,
      @Nullable Schema declared,
      char separator,
      CsvHeaderRow row,
      FormatLimits limits)
      throws IOException, InterruptedException {
    Sample found = new Sample(name, sample, limits);
    Schema schema = found.ofCsv(separator, declared, row);
    return new Inference(schema, line(schema, found.lines()));
  }

  private static String line(Schema schema, long lines) {
    String fields =
        schema.fields().stream()
            .map(field -> name(field.name()) + ": " + field.type() + (field.nullable() ? "?" : ""))
            .collect(Collectors.joining(", "));
    return String.format("fields: { %s }  (inferred from the first %,d lines)", fields, lines);
  }

  private static String name(String name) {
    if (name.matches("[A-Za-z_][A-Za-z0-9_.-]*")) {
      return name;
    }
    Bytes quoted = new Bytes(64);
    JsonText.put(quoted, name);
    return new String(quoted.array(), 0, quoted.length(), StandardCharsets.UTF_8);
  }

  /** The first lines of a file. */
  private static final class Sample {
    private final String name;
    private final LineBuffer buffer;
    private final FormatLimits limits;
    private final JsonScanner scanner;
    private final Decimal number = new Decimal();
    private final Map<String, Guess> guesses = new LinkedHashMap<>();
    private long lines;
    private long records;

    Sample(String name, byte[] sample, FormatLimits limits)
        throws IOException, InterruptedException {
      ByteArrayInputStream bytes = new ByteArrayInputStream(sample);
      this.name = name;
      this.buffer = new LineBuffer(bytes::read, MOST_BYTES, 0);
      buffer.checkEncoding(name);
      buffer.skipByteOrderMark();
      this.limits = limits;
      this.scanner = new JsonScanner(limits);
    }

    private Guess guess(String member) {
      return guesses.computeIfAbsent(member, m -> new Guess());
    }

    long lines() {
      return lines;
    }

    /** Lines that are no records are left out: they will go to dead letter. */
    Schema ofJson() throws IOException, InterruptedException {
      while (lines < MOST_LINES && buffer.next() && !buffer.isCut()) {
        lines++;
        byte[] bytes = buffer.bytes();
        int from = buffer.position();
        Map<String, Integer> members = new LinkedHashMap<>();
        try {
          members(bytes, from, members);
          members.forEach((member, at) -> guess(bytes, at, guess(member)));
          records++;
        } catch (BadRecord e) {
          // Left out.
        }
        buffer.position(LineBuffer.newline(bytes, from) + 1);
      }
      List<Field> fields = new ArrayList<>();
      guesses.forEach((member, guess) ->
          guess
              .type(member)
              .filter(type -> !member.isEmpty() && !member.startsWith(Field.RESERVED_PREFIX))
              .ifPresent(type -> fields.add(new Field(member, type, guess.isNullable(records)))));
      if (fields.isEmpty()) {
        throw new ConfigurationException(
            "'"
                + name
                + "' has no fields that could be inferred from its first "
                + lines
                + " lines: declare them under fields");
      }
      return Schema.of(fields);
    }

    /** Checks a record and finds where the values of its members are. */
    private void members(byte[] bytes, int from, Map<String, Integer> members) throws BadRecord {
      scanner.reset();
      int p = JsonScanner.space(bytes, from);
      JsonScanner.expect(bytes, p, '{', "an object");
      int end = JsonScanner.space(bytes, scanner.skip(bytes, p, 0, number));
      JsonScanner.expect(bytes, end, '\n', "the end of the line");
      p = JsonScanner.space(bytes, p + 1);
      while (bytes[p] != '}') {
        p = scanner.string(bytes, p);
        scanner.unescape(bytes);
        String member = new String(scanner.copyText(), StandardCharsets.UTF_8);
        p = JsonScanner.space(bytes, JsonScanner.space(bytes, p) + 1);
        members.put(member, p);
        scanner.reset();
        p = JsonScanner.space(bytes, scanner.skip(bytes, p, 1, number));
        p = bytes[p] == ',' ? JsonScanner.space(bytes, p + 1) : p;
      }
    }

    private void guess(byte[] bytes, int p, Guess guess) {
      try {
        switch (bytes[p]) {
          case 'n' -> guess.nothing();
          case 't', 'f' -> guess.value(Guess.Kind.BOOL);
          case '{' -> guess.value(Guess.Kind.OTHER);
          case '"' -> {
            scanner.string(bytes, p);
            scanner.unescape(bytes);
            guess.value(Guess.ofText(scanner.text(), scanner.textFrom(), scanner.textLength()));
          }
          case '[' -> guess.value(isNumbers(bytes, p) ? Guess.Kind.NUMBERS : Guess.Kind.OTHER);
          default -> {
            number.scan(bytes, p);
            guessNumber(bytes, guess);
          }
        }
      } catch (BadRecord e) {
        throw new AssertionError(e);
      }
    }

    private void guessNumber(byte[] bytes, Guess guess) {
      if (!number.isInteger()) {
        guess.value(
            Double.isFinite(number.toDouble(bytes)) ? Guess.Kind.DECIMAL : Guess.Kind.OTHER);
      } else if (number.narrowToLong(bytes)) {
        guess.integer(number.toLong());
      } else {
        guess.value(Guess.Kind.OTHER);
      }
    }

    private boolean isNumbers(byte[] bytes, int from) throws BadRecord {
      int p = JsonScanner.space(bytes, from + 1);
      while (bytes[p] != ']') {
        if (!JsonValues.startsNumber(bytes[p])) {
          return false;
        }
        p = JsonScanner.space(bytes, number.scan(bytes, p));
        if (!Double.isFinite(number.toDouble(bytes))) {
          return false;
        }
        p = bytes[p] == ',' ? JsonScanner.space(bytes, p + 1) : p;
      }
      return true;
    }

    Schema ofCsv(char separator, @Nullable Schema declared, CsvHeaderRow row)
        throws IOException, InterruptedException {
      CsvCells cells = new CsvCells(separator, limits);
      List<String> header = CsvHeader.read(name, buffer, cells);
      CsvHeader.check(name, header, declared, separator);
      if (row == CsvHeaderRow.AUTO && declared == null) {
        refuseRecord(header);
      }
      if (declared != null) {
        return Schema.of(
            header.stream()
                .map(column ->
                    declared.has(column)
                        ? declared.field(column)
                        : Field.nullable(column, ColumnType.STRING))
                .toList());
      }
      while (lines < MOST_LINES && buffer.next()) {
        lines++;
        byte[] bytes = buffer.bytes();
        int from = buffer.position();
        int end = LineBuffer.newline(bytes, from) + 1;
        try {
          int cut = cells.cut(bytes, from, buffer.end());
          if (cut == CsvCells.MORE) {
            // A record that goes on behind the sample.
            break;
          }
          if (cells.count() == header.size()) {
            guessRow(bytes, cells, header);
            end = cut;
            records++;
          }
        } catch (BadRecord e) {
          // Left out: it will go to dead letter.
        }
        buffer.position(end);
      }
      return Schema.of(
          header.stream()
              .map(column -> {
                Guess guess = guess(column);
                ColumnType type = guess.type(column).orElse(ColumnType.STRING);
                return new Field(column, type, records == 0 || guess.isNullable(records));
              })
              .toList());
    }

    /** A record in the place of the names would be lost, and its values be the names. */
    private void refuseRecord(List<String> header) {
      for (String cell : header) {
        byte[] text = (cell + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(text, text.length + Words.PADDING);
        int length = text.length - 1;
        if (CsvValues.isNumber(number, padded, 0, length)
            || Guess.ofText(padded, 0, length) != Guess.Kind.TEXT) {
          throw new ConfigurationException(
              "the first row of '"
                  + name
                  + "' has '"
                  + cell
                  + "' where the name of a column is expected: if the row is a record, declare"
                  + " fields and write header: absent; if it is a name, write header: present");
        }
      }
    }

    private void guessRow(byte[] bytes, CsvCells cells, List<String> header) {
      for (int i = 0; i < cells.count(); i++) {
        Guess guess = guess(header.get(i));
        int from = cells.start(i);
        int to = cells.end(i);
        if (cells.isNull(i)) {
          guess.nothing();
        } else if (cells.isEmpty(i)) {
          guess.value(Guess.Kind.TEXT);
        } else if (CsvValues.isNumber(number, bytes, from, to)) {
          guessNumber(bytes, guess);
        } else if ((to - from == 4 && Words.isTrue(bytes, from))
            || (to - from == 5 && Words.isFalse(bytes, from))) {
          guess.value(Guess.Kind.BOOL);
        } else {
          guess.value(Guess.ofText(bytes, from, to - from));
        }
      }
    }
  }
}
