package io.forebay.dashboard;

import io.forebay.tap.Tap;
import io.forebay.tap.TapRequest;
import io.forebay.tap.TapSample;
import io.forebay.tap.Taps;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Those who are shown samples of records, one JSON object a line. Who does not read is given no
 * more, so that his tap fills up and copies nothing, and is closed as all connections are on which
 * nothing moves. Used by the dashboard's loop only.
 */
final class TapStreams {
  static final String CONTENT_TYPE = "application/x-ndjson";

  private static final long LOOK_MILLIS = 100;
  private static final int LOOKS_A_COUNT = 10;

  /**
   * Samples written to one of them before the others, and the rest of the loop, have their turn.
   */
  private static final int MOST_A_LOOK = 256;

  /** When more bytes wait for a client than this, it is told no more. */
  private static final int MOST_WAITING = 256 << 10;

  /** One of them. */
  private static final class Stream {
    final HttpServerResponse response;
    final Tap tap;
    final TapText text;
    long left;
    int looks;

    Stream(HttpServerResponse response, Tap tap, TapText text, long left) {
      this.response = response;
      this.tap = tap;
      this.text = text;
      this.left = left;
    }

    /** Writes what is there; whether that were as many as are wanted. */
    boolean write() {
      for (int i = 0; i < MOST_A_LOOK && left > 0 && !response.writeQueueFull(); i++) {
        TapSample next = tap.poll();
        if (next == null) {
          break;
        }
        response.write(text.sample(next));
        left--;
      }
      if (++looks % LOOKS_A_COUNT == 0 && !response.writeQueueFull()) {
        response.write(TapText.counts(tap));
      }
      return left == 0;
    }

    void end(String sentence) {
      tap.close();
      response.write(TapText.counts(tap));
      response.end(text.end(sentence));
    }
  }

  private final Vertx vertx;
  private final UnaryOperator<String> texts;
  private final Set<Stream> streams = new LinkedHashSet<>();
  private @Nullable Taps taps;
  private long timer = -1;

  TapStreams(Vertx vertx, UnaryOperator<String> texts) {
    this.vertx = vertx;
    this.texts = texts;
  }

  /** From now on the records of this pipeline can be looked at. */
  void of(Taps pipeline) {
    taps = pipeline;
  }

  /** Where there can be taps; empty while the pipeline is starting, and where it shows none. */
  Optional<Taps> taps() {
    return Optional.ofNullable(taps);
  }

  /**
   * Makes an answer a stream of samples.
   *
   * @param limit how many there are to be
   * @throws io.forebay.errors.ConfigurationException if there is no such part, or it cannot be
   *     asked so
   * @throws io.forebay.tap.TooManyTapsException if there are enough
   */
  void open(HttpServerResponse response, Taps from, TapRequest request, long limit) {
    Stream stream = new Stream(response, from.open(request), new TapText(texts), limit);
    streams.add(stream);
    response
        .putHeader("Content-Type", CONTENT_TYPE)
        .setChunked(true)
        .setWriteQueueMaxSize(MOST_WAITING);
    response.closeHandler(gone -> close(stream));
    response.write(stream.text.head(stream.tap.part()));
    if (timer < 0) {
      timer = vertx.setPeriodic(LOOK_MILLIS, at -> look());
    }
  }

  private void look() {
    for (Stream stream : List.copyOf(streams)) { // who is gone is removed meanwhile
      if (stream.write()) {
        close(stream);
        stream.end("These are as many records as were asked for.");
      }
    }
  }

  private void close(Stream stream) {
    stream.tap.close();
    streams.remove(stream);
    if (streams.isEmpty() && timer >= 0) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
  }

  /** There are no more records: the rest is written, and why. */
  void end(String sentence) {
    taps = null;
    for (Stream stream : List.copyOf(streams)) {
      stream.write();
      close(stream);
      stream.end(sentence);
    }
  }
}
