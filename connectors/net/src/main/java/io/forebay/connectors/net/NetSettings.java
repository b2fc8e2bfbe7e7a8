package io.forebay.connectors.net;

import io.forebay.Schema;
import io.forebay.formats.FormatLimits;
import io.forebay.formats.MessageDecoder;
import io.forebay.formats.MessageFormat;
import io.forebay.formats.MessageFormats;
import java.util.Set;

/**
 * What a source of lines listens for.
 *
 * @param access who may send; UDP has neither TLS nor a token
 * @param format how each line is written
 * @param fields what a record has
 */
public record NetSettings(
    ListenAddress address,
    Access access,
    MessageFormat format,
    Schema fields,
    LineLimits limits,
    int eventLoops,
    long timerMillis) {

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
    return new NetSettings(address, access, format, fields, limits, eventLoops, timerMillis);
  }

  /** The same with these limits. */
  public NetSettings limits(LineLimits limits) {
    return new NetSettings(address, access, format, fields, limits, eventLoops, timerMillis);
  }

  /** The same with the event-loop delay measured every {@code timerMillis}. */
  public NetSettings timerMillis(long timerMillis) {
    return new NetSettings(address, access, format, fields, limits, eventLoops, timerMillis);
  }

  MessageDecoder decoder(Set<String> replacedColumns) {
    FormatLimits usual = FormatLimits.DEFAULT;
    return MessageFormats.decoder(
        format,
        fields,
        new FormatLimits(limits.lineBytes(), usual.stringBytes(), usual.depth(), usual.members()),
        replacedColumns);
  }

  /** Whether records may have members that no field declares. */
  boolean carriesExtras() {
    return decoder(Set.of()).carriesExtras();
  }
}
