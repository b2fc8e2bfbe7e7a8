package io.forebay.config.sources;

import io.forebay.config.values.Key;
import io.forebay.config.values.SpoolConfig;
import java.util.Optional;

/** The keys that every source has. */
public record SourceDelivery(
    @Key(
            value =
                "A spool on disk that keeps what the source has given until it is delivered, so"
                    + " that a crash loses nothing.",
            otherwise = "none")
        Optional<SpoolConfig> spool) {}
