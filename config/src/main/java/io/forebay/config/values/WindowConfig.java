package io.forebay.config.values;

import io.forebay.engine.api.Windows;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Windows in event time. */
public record WindowConfig(
    @Key(value = "How long a window is.", min = 1) Duration size,
    @Key(
            value =
                "How far apart windows begin: the size, or a half, a third … of it. A record is in"
                    + " every window that its time lies in.",
            otherwise = "the size: one window after the other",
            min = 1)
        Optional<Duration> every,
    @Key(
            value = "The column whose values have windows of their own, such as `sensorId`.",
            otherwise = "one window for all records")
        Optional<String> by,
    @Key(value = "The column that tells the time.", otherwise = "the only column with timestamps")
        Optional<String> time,
    @Key(
            value =
                "How much older than the newest record of its partition a record may be; a window"
                    + " stays open for so long, and what comes later goes to dead letter.",
            byDefault = "5s",
            min = 0)
        Duration maxLateness,
    @Key(
            value =
                "The sink that is given the records that come too late, with `lateBy`, and nothing"
                    + " else.",
            otherwise = "they go to dead letter")
        Optional<String> late,
    @Key(
            value =
                "After how long a partition that hands in nothing is not waited for; when all are"
                    + " silent for so long, event time goes on as the clock does.",
            byDefault = "30s",
            min = 1)
        Duration idle,
    @Key(
            value =
                "How many pieces of windows (of length `every`, for each value of `by`) may be"
                    + " open; `collect` counts each of its records as well. Records that would need"
                    + " more go to dead letter.",
            byDefault = "500000",
            min = 1,
            max = 100_000_000)
        int most) {

  /** As the engine takes them, with what is open kept in that folder. */
  public Windows windows(String state) {
    return new Windows(
        size,
        every.orElse(size),
        by.orElse(""),
        time.orElse(""),
        maxLateness,
        late.orElse(""),
        idle,
        most,
        Path.of(state));
  }
}
