package io.forebay.testkit;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.columns.Field;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A repeatable source of the records that a test gives it, in one partition; sequences count from
 * 1.
 *
 * <pre>{@code
 * new ListSource(schema).row("hall-a", 20.5).row("hall-b", null).unreadable("not JSON", "oops");
 * }</pre>
 */
public final class ListSource implements Source {
  private sealed interface Item {
    record Row(List<@Nullable Object> values, @Nullable String extras) implements Item {}

    record Unreadable(String reason, String excerpt) implements Item {}
  }

  private final Schema schema;
  private final List<Item> items = new ArrayList<>();
  private boolean extras;

  /** A source without records. */
  public ListSource(Schema schema) {
    this.schema = schema;
  }

  /** Adds a record; values as in {@link Batches#row(Object...)}. */
  public ListSource row(@Nullable Object... values) {
    return add(null, values);
  }

  /** Adds a record with undeclared members, see {@link io.forebay.Batch#extras}. */
  public ListSource rowWithExtras(String extras, @Nullable Object... values) {
    this.extras = true;
    return add(extras, values);
  }

  /** Adds a record that cannot be read. */
  public ListSource unreadable(String reason, String excerpt) {
    items.add(new Item.Unreadable(reason, excerpt));
    return this;
  }

  private ListSource add(@Nullable String extras, @Nullable Object[] values) {
    if (values.length != schema.size()) {
      throw new IllegalArgumentException(
          "a row has " + values.length + " values, but the schema " + schema.size() + " fields");
    }
    List<@Nullable Object> row = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      row.add(Values.coerce(schema.field(i), values[i]));
    }
    items.add(new Item.Row(row, extras));
    return this;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public boolean repeatable() {
    return true;
  }

  @Override
  public boolean carriesExtras() {
    return extras;
  }

  @Override
  public void run(SourceContext context) throws InterruptedException {
    RecordWriter writer = context.partition("");
    Position done = context.resumeFrom("");
    for (int i = Math.toIntExact(done.sequence()); i < items.size(); i++) {
      long sequence = i + 1L;
      switch (items.get(i)) {
        case Item.Row row -> {
          write(row, writer);
          writer.append(sequence, sequence);
        }
        case Item.Unreadable(String reason, String excerpt) ->
            writer.reject(sequence, sequence, reason, excerpt);
      }
    }
  }

  private void write(Item.Row row, RecordWriter writer) {
    for (int column = 0; column < schema.size(); column++) {
      set(writer, column, schema.field(column), row.values().get(column));
    }
    if (row.extras() != null) {
      byte[] utf8 = row.extras().getBytes(StandardCharsets.UTF_8);
      writer.setExtras(utf8, 0, utf8.length);
    }
  }

  private static void set(RecordWriter writer, int column, Field field, @Nullable Object value) {
    switch (value) {
      case null -> writer.setNull(column);
      case Boolean bool -> writer.setBool(column, bool);
      case Integer integer -> writer.setLong(column, integer);
      case Long integer -> writer.setLong(column, integer);
      case Float number -> writer.setDouble(column, number);
      case Double number -> writer.setDouble(column, number);
      case String text -> writer.setString(column, text);
      case ByteBuffer buffer -> {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        writer.setBinary(column, bytes, 0, bytes.length);
      }
      case List<?> numbers -> {
        double[] doubles = numbers.stream().mapToDouble(number -> (Double) number).toArray();
        writer.setDoubles(column, doubles, 0, doubles.length);
      }
      default -> throw new AssertionError(field + " " + value);
    }
  }
}
