package io.forebay;

import java.util.List;

/**
 * What the engine tells an {@link Output} when it opens it.
 *
 * @param pipeline the pipeline's identity, for {@link Progress#pipeline}
 * @param schema the columns of every batch that will be written
 * @param partitions the names behind {@link Batch#partition}; grows while sources open partitions,
 *     read it when a row needs it
 * @param resume false to start over
 */
public record SinkContext(
    String pipeline, Schema schema, List<String> partitions, boolean resume) {}
