package io.forebay.config.model;

import io.forebay.config.values.Key;

/** Where rejected records go. */
public record DeadLetterConfig(
    @Key("A JSON Lines file; each line holds the record, where it came from and the reason.")
        String path) {}
