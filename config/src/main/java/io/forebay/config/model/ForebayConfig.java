package io.forebay.config.model;

import io.forebay.config.values.ByteSize;
import io.forebay.config.values.Key;

/** The bounded buffer: its memory is fixed at the start. */
public record ForebayConfig(
    @Key(value = "How many batches it holds.", byDefault = "32", min = 2, max = 4096) int slots,
    @Key(value = "The room for one batch, inputs and outputs.", byDefault = "1MiB")
        ByteSize slotSize) {}
