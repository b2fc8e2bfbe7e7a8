package io.forebay.engine.internal.tap;

import static io.forebay.testkit.Batches.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.tap.TapPart;
import io.forebay.testkit.Batches;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WhereTest {
  private static final Schema SCHEMA =
      Schema.of(
          Field.nullable("on", ColumnType.BOOL),
          Field.nullable("i", ColumnType.INT32),
          Field.nullable("l", ColumnType.INT64),
          Field.nullable("at", ColumnType.TIMESTAMP_MS),
          Field.nullable("f", ColumnType.FLOAT32),
          Field.nullable("value", ColumnType.FLOAT64),
          Field.nullable("value<0", ColumnType.FLOAT64),
          Field.nullable("label", ColumnType.STRING),
          Field.nullable("bytes", ColumnType.BINARY),
          Field.nullable("wave", ColumnType.FLOAT64_LIST));
  private static final TapPart PART = new TapPart(TapPart.Kind.STAGE, "features", SCHEMA);
  private static final long NOON = 1_748_779_200_000L; // 2025-06-01T12:00:00Z

  private static final Batch ROWS =
      Batches.of(
          SCHEMA,
          row(true, 1, 10L, NOON, 0.1f, 80.5, -1.0, "a null b", bytes(1), List.of(1.0, 99.0)),
          row(false, -2, -20L, NOON + 1, 2f, Double.NaN, 0.0, "null", bytes(2, 3), List.of()),
          row(null, null, null, null, null, null, null, null, null, null),
          row(false, 3, Long.MAX_VALUE, 0L, -0f, -80.0, 1.0, "Überdruck", bytes(), List.of(7.5)));

  private static ByteBuffer bytes(int... values) {
    byte[] bytes = new byte[values.length];
    IntStream.range(0, values.length).forEach(i -> bytes[i] = (byte) values[i]);
    return ByteBuffer.wrap(bytes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "on=true | 0",
        "on!=true | 1 3",
        "on==FALSE | 1 3",
        "i>0 | 0 3",
        "i >= 1.5 | 3",
        "i<1.5 | 0 1",
        "i=1.5 | ",
        "i!=1.5 | 0 1 3",
        "i>-1e30 | 0 1 3",
        "i>1e30 | ",
        "l=9223372036854775807 | 3",
        "l<9223372036854775808 | 0 1 3",
        "l<=-20 | 1",
        "at=2025-06-01T12:00:00Z | 0",
        "at=2025-06-01T14:00:00+02:00 | 0",
        "at>2025-06-01T12:00:00.0005Z | 1",
        "at>=1748779200001 | 1",
        "f=0.1 | 0",
        "f=0 | 3",
        "value>80 | 0",
        "value<=-80 | 3",
        "value=nan | 1",
        "value!=NaN | 0 3",
        "value>-1e308 | 0 3",
        "value<0 | 3",
        "value<0<0 | 0",
        "label=null | 2",
        "label='null' | 1",
        "label!=null | 0 1 3",
        "label~null | 0 1",
        "label!~null | 3",
        "label=\"a null b\" | 0",
        "label~Überdruck | 3",
        "label>a | 0 1 3",
        "bytes=AQ== | 0",
        "bytes= | 3",
        "bytes!=AgM= | 0 3",
        "wave>90 | 0",
        "wave=7.5 | 3",
        "wave=null | 2",
        "on = null | 2",
        "i!=null | 0 1 3"
      })
  void finds_the_rows_when_there_is_a_condition_on_a_column(String where, String rows) {
    IntPredicate test = Where.parse(where, PART).on(ROWS);
    assertThat(
            IntStream.range(0, ROWS.rows())
                .filter(test)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(" ")))
        .isEqualTo(rows == null ? "" : rows);
    assertThat(Where.parse(where, PART).on(ROWS.slice(2, 3)).test(0))
        .isEqualTo(where.matches("[a-z]+ ?= ?null"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "value | 'value' is no condition: write a column, one of = != < <= > >= ~ !~ and a value",
        ">80 | '>80' is no condition",
        "valu>80 | there is no column 'valu' after the stage 'features', did you mean 'value'?:"
            + " there are on (bool), i (int32)",
        "value~8 | '~' cannot be asked of the column 'value', which is float64:"
            + " use <, =, >, !=, <= or >=",
        "value>hot | 'hot' is no value of the column 'value', which is float64: write a number",
        "i>1e999999999 | is no value of the column 'i'",
        "i= | '' is no value of the column 'i', which is int32: write a number",
        "on=yes | 'yes' is no value of the column 'on', which is bool: write true or false",
        "on>true | '>' cannot be asked of the column 'on', which is bool: use = or !=",
        "at>noon | write a moment with its zone, as 2025-01-31T10:00:00Z",
        "at>2025-01-31T10:00:00 | write a moment with its zone",
        "bytes=? | write base64, as sinks do",
        "wave~1 | '~' cannot be asked of the column 'wave'",
        "value<null | 'value<null' has no meaning: ask for null with value=null or value!=null"
      })
  void says_what_is_wrong_when_a_condition_is_none(String where, String said) {
    assertThatThrownBy(() -> Where.parse(where, PART))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(said);
  }
}
