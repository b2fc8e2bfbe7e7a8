package io.forebay.internal.concurrent;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Lincheck looks for an interleaving in which somebody waits for ever, or an element that was taken
 * in is lost or comes twice. There is room for one element: who puts one in takes one out
 * afterwards, so every operation ends, unless a wake-up gets lost.
 */
@Timeout(300)
public class MailboxModelTest {
  private final Mailbox<Integer> mailbox = Mailbox.ofElements(1);
  private final AtomicInteger numbers = new AtomicInteger();
  private final ConcurrentHashMap<Integer, Boolean> in = new ConcurrentHashMap<>();

  @Operation
  public void putAndTake() throws InterruptedException {
    int number = numbers.incrementAndGet();
    in.put(number, true);
    if (!mailbox.put(number)) {
      throw new IllegalStateException("closed by nobody");
    }
    Integer taken = mailbox.take();
    if (taken == null || in.remove(taken) == null) {
      throw new IllegalStateException("element " + taken + " came twice");
    }
  }

  @Validate
  public void nothingIsLost() {
    if (!in.isEmpty()) {
      throw new IllegalStateException("lost: " + in.keySet());
    }
  }

  @Test
  void loses_nothing_and_wakes_everybody_in_every_interleaving() {
    new ModelCheckingOptions()
        .iterations(1)
        .invocationsPerIteration(Integer.getInteger("forebay.invocations", 60))
        .threads(3)
        .actorsPerThread(1)
        .actorsBefore(0)
        .actorsAfter(0)
        .check(MailboxModelTest.class);
  }
}
