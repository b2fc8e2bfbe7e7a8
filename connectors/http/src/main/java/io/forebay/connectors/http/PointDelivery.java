package io.forebay.connectors.http;

import io.forebay.Refusal;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.stream.IntStream;

/**
 * Delivers the points of a buffer to a server that may refuse some of them: without those that it
 * names, and where it names none in halves, until all but the refused ones are taken. After {@value
 * #MOST_TRIES} requests nothing is divided any more: what is refused then goes as a whole. Used by
 * one thread.
 */
final class PointDelivery {
  static final int MOST_TRIES = 1_000;

  /** A server that names one line at a time is left after so many, and halves are made. */
  private static final int MOST_NAMED = 8;

  private static final int MOST_DETAIL = 1_000;

  private final WriteApi api;
  private final PointBuffer buffer;
  private final boolean gzip;
  private final List<Refusal> refused;
  private final Queue<Part> parts = new ArrayDeque<>();

  /**
   * Points that go in one request.
   *
   * @param named how often points were left out because the server named them
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Part(int[] points, int named) {}

  private PointDelivery(WriteApi api, PointBuffer buffer, boolean gzip, List<Refusal> refused) {
    this.api = api;
    this.buffer = buffer;
    this.gzip = gzip;
    this.refused = refused;
  }

  /**
   * Delivers all points of the buffer, and adds to {@code refused} what the server does not take.
   */
  static void deliver(WriteApi api, PointBuffer buffer, boolean gzip, List<Refusal> refused)
      throws IOException {
    new PointDelivery(api, buffer, gzip, refused).deliver();
  }

  private void deliver() throws IOException {
    add(IntStream.range(0, buffer.points()).toArray(), 0);
    int tries = 0;
    for (Part part = parts.poll(); part != null; part = parts.poll()) {
      Optional<WriteApi.Refused> answer = api.write(buffer.body(part.points, gzip));
      tries++;
      if (answer.isPresent()) {
        divide(part, answer.get(), tries < MOST_TRIES);
      }
    }
  }

  private void divide(Part part, WriteApi.Refused answer, boolean more) {
    int[] points = part.points;
    String says = RefusedLines.message(answer.body());
    if (points.length == 1) {
      refuse(points[0], api.refuses(answer.status(), says));
      return;
    }
    Map<Integer, String> named =
        RefusedLines.in(answer.body(), points.length, i -> buffer.line(points[i]));
    named.forEach((i, why) -> refuse(points[i], api.refuses(answer.status(), why)));
    int[] rest = without(points, named);
    if (!more) {
      String reason = api.refusesSome(rest.length, answer.status(), says);
      Arrays.stream(rest).forEach(point -> refuse(point, reason));
    } else if (!named.isEmpty() && part.named < MOST_NAMED) {
      add(rest, part.named + 1);
    } else {
      add(Arrays.copyOfRange(rest, 0, rest.length / 2), 0);
      add(Arrays.copyOfRange(rest, rest.length / 2, rest.length), 0);
    }
  }

  private void add(int[] points, int named) {
    if (points.length > 0) {
      parts.add(new Part(points, named));
    }
  }

  private static int[] without(int[] points, Map<Integer, String> named) {
    return IntStream.range(0, points.length)
        .filter(i -> !named.containsKey(i))
        .map(i -> points[i])
        .toArray();
  }

  private void refuse(int point, String reason) {
    String line = buffer.line(point);
    refused.add(
        new Refusal(
            buffer.partition(point),
            buffer.sequence(point),
            reason,
            line.length() > MOST_DETAIL ? line.substring(0, MOST_DETAIL) : line));
  }
}
