package io.forebay;

/**
 * What an output keeps with its data, so that the same command can go on after a crash.
 *
 * @param pipeline identifies the pipeline that wrote the data (sources, functions, outputs);
 *     another pipeline does not continue it
 * @param frontier what is in the data
 * @param complete whether the sources had come to their end and everything was delivered
 */
public record Progress(String pipeline, Frontier frontier, boolean complete) {}
