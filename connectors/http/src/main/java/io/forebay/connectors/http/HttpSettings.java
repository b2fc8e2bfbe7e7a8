package io.forebay.connectors.http;

import io.forebay.Schema;
import io.forebay.connectors.net.Access;
import io.forebay.connectors.net.EventLoops;
import io.forebay.connectors.net.ListenAddress;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.CsvHeaders;
import java.time.InstantSource;

/**
 * What an HTTP source listens for.
 *
 * @param path where JSON and CSV are posted; line protocol comes to {@code /write} and {@code
 *     /api/v2/write}
 * @param fields what a record has
 * @param clock gives points of line protocol without a timestamp their time
 * @param headers how the header rows of CSV are treated
 */
public record HttpSettings(
    ListenAddress address,
    Access access,
    String path,
    Schema fields,
    HttpLimits limits,
    int eventLoops,
    InstantSource clock,
    CsvHeaders headers) {
  /** With {@link CsvHeaderRow#AUTO}. */
  public HttpSettings(
      ListenAddress address,
      Access access,
      String path,
      Schema fields,
      HttpLimits limits,
      int eventLoops,
      InstantSource clock) {
    this(
        address, access, path, fields, limits, eventLoops, clock, CsvHeaders.of(CsvHeaderRow.AUTO));
  }

  public HttpSettings {
    if (!path.startsWith("/") || path.indexOf('?') >= 0) {
      throw new ConfigurationException(
          "'" + path + "' is not a path to post to: begin it with a slash, as in /ingest");
    }
  }

  /** {@code /ingest}, without a token, with the usual limits. */
  public static HttpSettings of(ListenAddress address, Schema fields) {
    return new HttpSettings(
        address,
        Access.OPEN,
        "/ingest",
        fields,
        HttpLimits.DEFAULT,
        EventLoops.suitable(),
        InstantSource.system());
  }

  /** The same with this protection. */
  public HttpSettings access(Access access) {
    return new HttpSettings(address, access, path, fields, limits, eventLoops, clock, headers);
  }

  /** The same with this path. */
  public HttpSettings path(String path) {
    return new HttpSettings(address, access, path, fields, limits, eventLoops, clock, headers);
  }

  /** The same with these limits. */
  public HttpSettings limits(HttpLimits limits) {
    return new HttpSettings(address, access, path, fields, limits, eventLoops, clock, headers);
  }

  /** The same with header rows treated so. */
  public HttpSettings headers(CsvHeaderRow row) {
    return new HttpSettings(
        address, access, path, fields, limits, eventLoops, clock, CsvHeaders.of(row));
  }
}
