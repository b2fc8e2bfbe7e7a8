package io.forebay.config.sinks;

import io.forebay.config.values.Key;
import io.forebay.config.values.SpoolConfig;
import io.forebay.config.values.WhenSlow;
import java.util.Optional;

/** The keys that every sink has. */
public record SinkDelivery(
    @Key(
            value =
                "The records that the sink gets: a condition on columns, such as `value > 80 and"
                    + " sensorId != 'test'`.",
            otherwise = "all")
        Optional<String> when,
    @Key(
            value =
                "What happens when the sink is slow or its store is away: `block` lets everything"
                    + " wait for it, `spool` lets it fall behind alone.",
            byDefault = "block")
        WhenSlow whenSlow,
    @Key(
            value = "Where that waits which the sink has not taken, for `whenSlow: spool`.",
            otherwise = "none")
        Optional<SpoolConfig> spool) {}
