package io.forebay.config.internal.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.config.PipelineFile;
import io.forebay.config.model.PipelineConfig;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageRecords;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of CSV in dead letter are read again as they were meant. */
final class RejectedTextsTest {
  private static final Schema FIELDS =
      Schema.of(Field.of("low", ColumnType.FLOAT64), Field.of("high", ColumnType.FLOAT64));

  @TempDir private static Path workingDirectory;

  private static RejectedTexts texts(String source) {
    PipelineConfig config =
        PipelineFile.parse(
            "plant.yaml",
            "name: plant\nsources: [{ name: in, "
                + source
                + " }]\nsinks: [{ type: jsonl, path: out.jsonl }]\n",
            List.of(),
            Map.<String, String>of()::get,
            workingDirectory);
    return new RejectedTexts(config.sources().getFirst());
  }

  /** The values in the order of the fields, or why there are none. */
  private static String read(RejectedTexts texts, String letter) throws InterruptedException {
    byte[] text = letter.getBytes(UTF_8);
    Double[] values = new Double[2];
    RecordWriter writer =
        (RecordWriter)
            Proxy.newProxyInstance(
                RecordWriter.class.getClassLoader(),
                new Class<?>[] {RecordWriter.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("setDouble")) {
                    values[(int) arguments[0]] = (Double) arguments[1];
                  }
                  return null;
                });
    List<String> found = new ArrayList<>();
    MessageDecoder decoder = texts.decoder(text, true, FIELDS, Set.of());
    decoder.decode(
        text,
        0,
        text.length,
        new MessageRecords() {
          @Override
          public RecordWriter writer() {
            return writer;
          }

          @Override
          public void record() {
            found.add(List.of(values).toString());
          }

          @Override
          public void bad(String reason, Rejection.Text row) {
            found.add("! " + reason);
          }
        });
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "type: http",
        "type: tcp, listen: '9001', format: csv",
        "type: udp, listen: '9001', format: csv",
        "type: mqtt, broker: 'mqtt://x', topics: [t], format: csv",
        "type: kafka, brokers: 'x:1', topics: [t], group: g, format: csv"
      })
  void gives_each_value_to_its_field_when_a_letter_has_its_header(String source) throws Exception {
    RejectedTexts texts = texts(source);
    assertThat(read(texts, "high,low\n2,1")).isEqualTo("[1.0, 2.0]");
    // Another letter, of a message without a header.
    assertThat(read(texts, "1,2")).isEqualTo("[1.0, 2.0]");
  }

  @Test
  void reads_a_row_in_the_order_of_the_columns_when_it_is_of_a_file() throws Exception {
    RejectedTexts texts = texts("type: file, path: x.csv, fields: { low: float64, high: float64 }");
    assertThat(read(texts, "1,2")).isEqualTo("[1.0, 2.0]");
    assertThat(read(texts, "high,x")).startsWith("! low: expected a number");
  }
}
