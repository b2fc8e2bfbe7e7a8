package io.forebay.config.sources;

import io.forebay.Schema;
import io.forebay.columns.Field;
import io.forebay.config.secrets.Secret;
import io.forebay.config.values.FieldType;
import io.forebay.config.values.TlsConfig;
import io.forebay.connectors.net.Access;
import io.forebay.connectors.net.AccessToken;
import io.forebay.formats.MessageFormats;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What sources that listen have in common. */
public interface ListeningSource {
  /** Where it listens. */
  String listen();

  /** The secret that clients send. */
  Optional<Secret> token();

  /** TLS, where it is on. */
  Optional<TlsConfig> tls();

  /** The fields of its records; empty: the usual ones. */
  Map<String, FieldType> fields();

  /** Whether its records may be CSV. */
  boolean takesCsv();

  /** What decides how CSV is read, as far as it is not as usual, in what identifies a source. */
  static String shown(CsvHeaderRow header) {
    return header == CsvHeaderRow.AUTO ? "" : ", header " + header;
  }

  /** Who gets in. */
  default Access access() {
    return new Access(tls().map(TlsConfig::tls), token().map(Secret::value).map(AccessToken::of));
  }

  /** The fields as declared, or the usual ones of the format. */
  default Schema schema(MessageFormat format) {
    if (fields().isEmpty()) {
      return MessageFormats.defaultFields(format);
    }
    List<Field> declared = new ArrayList<>();
    fields().forEach((name, type) -> declared.add(new Field(name, type.type(), type.nullable())));
    return Schema.of(declared);
  }
}
