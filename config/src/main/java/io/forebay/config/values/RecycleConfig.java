package io.forebay.config.values;

import java.util.Optional;

/** When worker processes that are well are replaced. */
public record RecycleConfig(
    @Key(value = "After so many batches, ± 10 %; 0: never.", byDefault = "0", min = 0) long calls,
    @Key(
            value =
                "When a worker's resident size has grown by so much since it was ready, ± 10 %.",
            otherwise = "never")
        Optional<ByteSize> growth) {}
