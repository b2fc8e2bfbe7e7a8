package io.forebay.config.values;

/** A spool on disk. */
public record SpoolConfig(
    @Key("A folder of its own, made if it is not there.") String path,
    @Key(
            value = "The most that it takes on the disk; when it is full, the source waits.",
            byDefault = "1GiB")
        ByteSize size) {}
