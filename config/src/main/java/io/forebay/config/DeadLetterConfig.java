package io.forebay.config;

/** Where rejected records go. */
public record DeadLetterConfig(
    @Key("A JSON Lines file; each line holds the record, where it came from and the reason.")
        String path) {}
