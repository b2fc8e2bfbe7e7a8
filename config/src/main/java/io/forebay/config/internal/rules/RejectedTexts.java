package io.forebay.config.internal.rules;

import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.config.sources.HttpSourceConfig;
import io.forebay.config.sources.KafkaSourceConfig;
import io.forebay.config.sources.MqttSourceConfig;
import io.forebay.config.sources.SourceConfig;
import io.forebay.config.sources.TcpSourceConfig;
import io.forebay.config.sources.UdpSourceConfig;
import io.forebay.connectors.file.DeadLetterSource;
import io.forebay.connectors.file.FileFormat;
import io.forebay.formats.MessageFormats;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.CsvHeaders;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageFormat;
import io.forebay.formats.api.MessageRecords;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads the texts in dead letter again that a source could not read: in the format that the
 * pipeline file says of it. Used by one thread.
 */
public final class RejectedTexts implements DeadLetterSource.Texts {
  /**
   * What sources of earlier versions kept of a text without saying so, in bytes; up to three less
   * where a character would be cut.
   */
  private static final int[] KEPT_BYTES = {200, 256};

  private static final int CHARACTER_BYTES = 3;

  private final SourceConfig source;
  private final Map<MessageFormat, MessageDecoder> decoders = new HashMap<>();

  public RejectedTexts(SourceConfig source) {
    this.source = source;
  }

  @Override
  public MessageDecoder decoder(
      byte[] text, boolean whole, Schema fields, Set<String> replacedColumns) {
    MessageFormat format = format(text);
    MessageDecoder decoder =
        decoders.computeIfAbsent(format, each -> decoder(each, fields, replacedColumns));
    return whole || format == MessageFormat.JSON || !mayBeCut(text) ? decoder : new Cut(decoder);
  }

  private MessageDecoder decoder(MessageFormat format, Schema fields, Set<String> replacedColumns) {
    char separator = source instanceof SourceConfig.File file ? file.separator().orElse(',') : ',';
    return format == MessageFormat.CSV
        ? MessageFormats.csv(fields, separator, FormatLimits.DEFAULT, CsvHeaders.ofEach(header()))
        : MessageFormats.decoder(format, fields, FormatLimits.DEFAULT, replacedColumns);
  }

  /** A letter of a message under a header of another order begins with that; one of a file not. */
  private CsvHeaderRow header() {
    return switch (source) {
      case SourceConfig.File file -> CsvHeaderRow.ABSENT;
      case TcpSourceConfig tcp -> tcp.header();
      case UdpSourceConfig udp -> udp.header();
      case KafkaSourceConfig kafka -> kafka.header();
      case MqttSourceConfig mqtt -> mqtt.header();
      case HttpSourceConfig http -> http.header();
      case SourceConfig.Simulated simulated -> CsvHeaderRow.AUTO;
    };
  }

  private MessageFormat format(byte[] start) {
    MessageFormat format =
        switch (source) {
          case SourceConfig.File file ->
              file.format().or(() -> FileFormat.ofPath(file.path())).orElse(FileFormat.JSONL)
                      == FileFormat.CSV
                  ? MessageFormat.CSV
                  : MessageFormat.JSON;
          case TcpSourceConfig tcp -> tcp.format();
          case UdpSourceConfig udp -> udp.format();
          case KafkaSourceConfig kafka -> kafka.format();
          case MqttSourceConfig mqtt -> mqtt.format().format().orElse(MessageFormat.JSON);
          case HttpSourceConfig http -> looksLike(start);
          case SourceConfig.Simulated simulated -> MessageFormat.JSON;
        };
    return format == MessageFormat.NDJSON ? MessageFormat.JSON : format;
  }

  /** Each request says its format, and a dead letter does not keep that. */
  private static MessageFormat looksLike(byte[] start) {
    String text = new String(start, StandardCharsets.UTF_8).stripLeading();
    if (text.startsWith("{") || text.startsWith("[")) {
      return MessageFormat.JSON;
    }
    return text.contains("=") ? MessageFormat.LINE_PROTOCOL : MessageFormat.CSV;
  }

  /** Of JSON that was cut the end is missing; the beginning of other texts may be a record. */
  private static boolean mayBeCut(byte[] text) {
    for (int kept : KEPT_BYTES) {
      if (text.length <= kept && text.length >= kept - CHARACTER_BYTES) {
        return true;
      }
    }
    // Bytes that are no UTF-8 are kept as a character of three.
    return text.length > KEPT_BYTES[0]
        && new String(text, StandardCharsets.UTF_8).indexOf('\uFFFD') >= 0;
  }

  /** Refuses a text of which only the start may be left. */
  private record Cut(MessageDecoder decoder) implements MessageDecoder {
    @Override
    public Schema schema() {
      return decoder.schema();
    }

    @Override
    public boolean carriesExtras() {
      return decoder.carriesExtras();
    }

    @Override
    public void decode(byte[] bytes, int from, int length, MessageRecords out)
        throws InterruptedException {
      out.bad(
          "only the start of the record may be left, and it is not read as a whole one: give the"
              + " dead letter its record instead of its text",
          Rejection.Text.of(bytes, from, from + length));
    }
  }
}
