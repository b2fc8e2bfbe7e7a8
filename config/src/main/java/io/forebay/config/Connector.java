package io.forebay.config;

import io.forebay.config.internal.reading.Keys;
import io.forebay.config.sinks.SinkConfig;
import io.forebay.config.sinks.SinkDelivery;
import io.forebay.config.sources.SourceConfig;
import io.forebay.config.sources.SourceDelivery;
import java.util.ArrayList;
import java.util.List;

/**
 * A kind of source or sink that pipeline files can name, told by the records that they are read
 * into.
 *
 * @param direction {@code source} or {@code sink}
 * @param type as in {@code type: mqtt}
 * @param keys its own
 * @param common those of every source, or of every sink
 */
public record Connector(String direction, String type, List<KeyText> keys, List<KeyText> common) {
  /** All of them: sources first, each in the order of the manual. */
  public static List<Connector> all() {
    List<Connector> all = new ArrayList<>();
    List<KeyText> everySource = KeyText.of(SourceDelivery.class);
    Keys.variantsOf(SourceConfig.class)
        .forEach(
            (type, keys) -> all.add(new Connector("source", type, KeyText.of(keys), everySource)));
    List<KeyText> everySink = KeyText.of(SinkDelivery.class);
    Keys.variantsOf(SinkConfig.class)
        .forEach((type, keys) -> all.add(new Connector("sink", type, KeyText.of(keys), everySink)));
    return all;
  }
}
