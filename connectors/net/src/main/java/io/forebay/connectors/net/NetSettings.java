package io.forebay.connectors.net;

import io.forebay.Schema;
import io.forebay.formats.MessageFormats;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.CsvHeaders;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageFormat;
import java.util.Set;

/**
 * What a source of lines listens for.
 *
 * @param access who may send; UDP has neither TLS nor a token
 * @param format how each line is written
 * @param fields what a record has
 * @param headers how the header rows of CSV are treated
 */
public record NetSettings(
    ListenAddress address,
    Access access,
    MessageFormat format,
    Schema fields,
    LineLimits limits,
    int eventLoops,
    long timerMillis,
    CsvHeaders headers) {
  /** With {@link CsvHeaderRow#AUTO}. */
  public NetSettings(
      ListenAddress address,
      Access access,
      MessageFormat format,
      Schema fields,
      LineLimits limits,
      int eventLoops,
      long timerMillis) {
    this(
        address,
        access,
        format,
        fields,
        limits,
        eventLoops,
        timerMillis,
        CsvHeaders.of(CsvHeaderRow.AUTO));
  }

  /** The usual limits, as many event loops as suit the machine. */
  public static NetSettings of(ListenAddress address, MessageFormat format, Schema fields) {
    return new NetSettings(
        address,
        Access.OPEN,
        format,
        fields,
        LineLimits.DEFAULT,
        EventLoops.suitable(),
        EventLoops.TIMER_MILLIS);
  }

  /** The same with this protection. */
  public NetSettings access(Access access) {
    return new NetSettings(
        address, access, format, fields, limits, eventLoops, timerMillis, headers);
  }

  /** The same with these limits. */
  public NetSettings limits(LineLimits limits) {
    return new NetSettings(
        address, access, format, fields, limits, eventLoops, timerMillis, headers);
  }

  /** The same with the event-loop delay measured every {@code timerMillis}. */
  public NetSettings timerMillis(long timerMillis) {
    return new NetSettings(
        address, access, format, fields, limits, eventLoops, timerMillis, headers);
  }

  /** The same with header rows treated so. */
  public NetSettings headers(CsvHeaderRow row) {
    return new NetSettings(
        address, access, format, fields, limits, eventLoops, timerMillis, CsvHeaders.of(row));
  }

  MessageDecoder decoder(Set<String> replacedColumns) {
    FormatLimits usual = FormatLimits.DEFAULT;
    return MessageFormats.decoder(
        format,
        fields,
        new FormatLimits(limits.lineBytes(), usual.stringBytes(), usual.depth(), usual.members()),
        replacedColumns,
        headers);
  }

  /** Whether records may have members that no field declares. */
  boolean carriesExtras() {
    return decoder(Set.of()).carriesExtras();
  }
}
