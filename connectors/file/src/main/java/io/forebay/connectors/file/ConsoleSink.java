package io.forebay.connectors.file;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.RowText;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.NonFinite;
import io.forebay.internal.files.StandardOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Shows records to a person: on the standard output, as lines of {@code name=value} or as a table,
 * a few each second. Those that are left out are counted, and the count is shown. Keeps no
 * progress.
 */
public final class ConsoleSink implements Sink {
  private static final long SECOND = 1_000_000_000L;
  private static final int HEADER_EACH_ROWS = 20;
  private static final int MOST_WIDTH = 40;

  private final OutputStream out;
  private final Waiting waiting;
  private int rowsPerSecond = 10;
  private boolean table;
  private Schema schema = Schema.of();
  private RowText text = RowText.json(Schema.of(), new NonFinite("console"));
  private final Bytes cell = new Bytes(256);
  private int[] widths = new int[0];
  private long second = Long.MIN_VALUE;
  private int shown;
  private long leftOut;
  private long rows;

  ConsoleSink(OutputStream out, Waiting waiting) {
    this.out = out;
    this.waiting = waiting;
  }

  /** Shows records on the standard output. */
  public static ConsoleSink create() {
    return new ConsoleSink(StandardOutput.open(), Waiting.REAL);
  }

  /** How many records a second are shown at most; 0: all. Before {@link #open}. */
  public ConsoleSink rowsPerSecond(int rows) {
    if (rows < 0) {
      throw new ConfigurationException(
          rows + " records a second cannot be shown: use 0 (all) or more");
    }
    rowsPerSecond = rows;
    return this;
  }

  /** Shows a table, with its header again each {@value #HEADER_EACH_ROWS} rows. */
  public ConsoleSink table() {
    table = true;
    return this;
  }

  @Override
  public Optional<Progress> recover() {
    return Optional.empty();
  }

  @Override
  public void open(SinkContext context) {
    schema = context.schema();
    text = RowText.csv(schema, '\t', false, new NonFinite("console"));
    widths = schema.fields().stream().mapToInt(field -> field.name().length()).toArray();
  }

  @Override
  public void write(Batch batch) throws IOException {
    boolean loaded = false;
    StringBuilder lines = new StringBuilder();
    for (int row = 0; row < batch.rows(); row++) {
      if (!tryShow(lines)) {
        leftOut++;
        continue;
      }
      if (!loaded) {
        text.load(batch);
        loaded = true;
      }
      cell.length(0);
      text.put(row, cell);
      List<String> cells =
          cells(new String(cell.array(), 0, cell.length(), StandardCharsets.UTF_8));
      if (table) {
        putTableRow(cells, lines);
      } else {
        putLine(cells, lines);
      }
      rows++;
    }
    print(lines);
  }

  /** Whether this second has room for a row; in a new one, says how many were left out. */
  private boolean tryShow(StringBuilder lines) {
    if (rowsPerSecond == 0) {
      return true;
    }
    long now = Math.floorDiv(waiting.nanoTime(), SECOND);
    if (now != second) {
      second = now;
      shown = 0;
      sayLeftOut(lines);
    }
    return shown++ < rowsPerSecond;
  }

  private void sayLeftOut(StringBuilder lines) {
    if (leftOut > 0) {
      lines.append(String.format(Locale.ROOT, "… %,d more\n", leftOut));
      leftOut = 0;
    }
  }

  private void putLine(List<String> cells, StringBuilder lines) {
    String gap = "";
    for (int i = 0; i < cells.size(); i++) {
      boolean isExtras = i >= schema.size();
      if (!cells.get(i).isEmpty()) {
        lines.append(gap);
        if (!isExtras) {
          lines.append(schema.field(i).name()).append('=');
        }
        lines.append(visible(cells.get(i)));
        gap = "  ";
      }
    }
    lines.append('\n');
  }

  private void putTableRow(List<String> cells, StringBuilder lines) {
    if (rows % HEADER_EACH_ROWS == 0) {
      List<String> header = new ArrayList<>(schema.fields().stream().map(Field::name).toList());
      if (cells.size() > header.size()) {
        header.add("extras");
      }
      putCells(header, lines);
    }
    putCells(cells, lines);
  }

  /** Columns get wider with what comes and never narrower. */
  private void putCells(List<String> cells, StringBuilder lines) {
    for (int i = 0; i < cells.size(); i++) {
      String shown = visible(cells.get(i));
      if (i == cells.size() - 1) {
        lines.append(shown);
        break;
      }
      widths[i] = Math.min(MOST_WIDTH, Math.max(widths[i], shown.length()));
      lines.append(shown).repeat(' ', Math.max(0, widths[i] - shown.length())).append("  ");
    }
    lines.append('\n');
  }

  /** Control characters would let a record write over the terminal. */
  private static String visible(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> visible.appendCodePoint(Character.isISOControl(c) ? '\uFFFD' : c));
    return visible.toString();
  }

  /** The cells of a row that was written with tabs between them. */
  private static List<String> cells(String row) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < row.length(); i++) {
      char c = row.charAt(i);
      if (c == '"') {
        boolean isDoubled = quoted && i + 1 < row.length() && row.charAt(i + 1) == '"';
        if (isDoubled) {
          cell.append(c);
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == '\t' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }

  private void print(StringBuilder lines) throws IOException {
    if (!lines.isEmpty()) {
      out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }

  @Override
  public void commit(Progress progress) throws IOException {
    if (progress.complete()) {
      StringBuilder lines = new StringBuilder();
      sayLeftOut(lines);
      print(lines);
    }
  }

  @Override
  public boolean effectivelyOnce() {
    return false;
  }

  @Override
  public void close() throws IOException {
    StringBuilder lines = new StringBuilder();
    sayLeftOut(lines);
    print(lines);
  }
}
