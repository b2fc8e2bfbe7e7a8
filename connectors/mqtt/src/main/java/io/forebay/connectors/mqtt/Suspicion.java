package io.forebay.connectors.mqtt;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the messages for which a broker cuts the connection instead of refusing them: most brokers
 * do so when one is larger than they take, and in MQTT 3.1.1 nobody says why. Otherwise it would be
 * sent again for ever.
 *
 * <p>A broker that says it means the largest of those that it has not taken. One that says nothing
 * and cuts the connection twice in a row is sent one message at a time; it has to cut it {@value
 * #MOST_CUTS} times at the same message, which is larger than all that it has ever taken, right
 * after it has answered everything before, until that one is left out. Used by the sink's thread.
 */
final class Suspicion {
  private static final int MOST_CUTS = 3;
  private static final int CAREFUL_AFTER = 2;

  private record Row(int partition, long sequence) {}

  private final Set<Row> guilty = new HashSet<>();
  private final Map<Row, Integer> cuts = new HashMap<>();
  private int inARow;

  /** Since everything was answered: the largest message, and the only one. */
  private @Nullable Row largest;

  private long largestBytes;
  private int sent;

  /** The largest that the broker has taken. */
  private long mostTaken;

  /** Whether each message is to be answered before the next one is sent. */
  boolean isCareful() {
    return inARow >= CAREFUL_AFTER;
  }

  /** Whether the message is left out. */
  boolean isGuilty(int partition, long sequence) {
    return !guilty.isEmpty() && guilty.contains(new Row(partition, sequence));
  }

  /** A message is sent. */
  void sent(int partition, long sequence, long bytes) {
    sent++;
    if (largest == null || bytes > largestBytes) {
      largest = new Row(partition, sequence);
      largestBytes = bytes;
    }
  }

  /** Everything that was sent is answered. */
  void answered() {
    mostTaken = largest == null ? mostTaken : Math.max(mostTaken, largestBytes);
    reopened();
  }

  /** Nothing is sent on a new connection. */
  void reopened() {
    sent = 0;
    largest = null;
  }

  /**
   * The connection was lost.
   *
   * @param tooLarge whether the broker has said that a message was
   */
  void cut(boolean tooLarge) {
    Row accused = largest;
    if (accused == null) {
      return; // It was not at a message.
    }
    if (tooLarge) {
      guilty.add(accused);
    } else {
      inARow++;
      if (sent == 1
          && isCareful()
          && isLargest()
          && cuts.merge(accused, 1, Integer::sum) >= MOST_CUTS) {
        guilty.add(accused);
      }
    }
    reopened();
  }

  private boolean isLargest() {
    return mostTaken > 0 && largestBytes > mostTaken;
  }

  /** Everything up to here is committed. */
  void committed() {
    guilty.clear();
    cuts.clear();
    inARow = 0;
  }
}
