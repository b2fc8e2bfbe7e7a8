package io.forebay.workers.internal.pools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.workers.api.WhenFull;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SlotStockTest {
  private static final SlotSchema SCHEMA =
      SlotSchema.of(Schema.of(Field.of("n", ColumnType.INT64)), false, List.of());

  private final SlotArea area = SlotArea.local(2, 1 << 12);
  private final Slot slot = area.slot(0, SCHEMA);
  private final SlotStock stock = new SlotStock("pool", List.of(slot));
  private final List<Integer> order = Collections.synchronizedList(new ArrayList<>());
  private final List<Thread> waiting = new ArrayList<>();

  @AfterEach
  void close() {
    stock.close();
    area.close();
  }

  /** A thread that waits for a slot, notes that it has one, and keeps it. */
  private Thread waiter(int number) {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try {
                stock.take(WhenFull.block(), Long.MAX_VALUE);
                order.add(number);
              } catch (RejectedExecutionException e) {
                order.add(-number);
              }
            });
    waiting.add(thread);
    awaitState(thread, Thread.State.WAITING);
    return thread;
  }

  private static void awaitState(Thread thread, Thread.State state) {
    await().pollDelay(java.time.Duration.ZERO).until(() -> thread.getState() == state);
  }

  private static long waits(Thread thread) {
    return ManagementFactory.getThreadMXBean().getThreadInfo(thread.threadId()).getWaitedCount();
  }

  @Test
  void wakes_one_for_one_in_the_order_in_which_they_came() {
    assertThat(stock.poll()).isSameAs(slot);
    for (int i = 1; i <= 20; i++) {
      waiter(i);
    }
    for (int i = 1; i <= 20; i++) {
      List<Long> before = waiting.subList(i, 20).stream().map(SlotStockTest::waits).toList();

      stock.give(slot);

      int taken = i;
      await().pollDelay(java.time.Duration.ZERO).until(() -> order.size() == taken);
      assertThat(order.getLast()).isEqualTo(i);
      assertThat(waiting.subList(i, 20).stream().map(SlotStockTest::waits).toList())
          .as("how often those behind have begun to wait")
          .isEqualTo(before);
    }
  }

  @Test
  void lets_nobody_overtake_those_in_line() {
    assertThat(stock.poll()).isSameAs(slot);
    waiter(1);

    stock.give(slot);

    assertThat(stock.poll()).isNull();
    await().until(() -> order.equals(List.of(1)));
  }

  @Test
  void gives_the_slot_to_the_next_when_the_first_is_interrupted() {
    assertThat(stock.poll()).isSameAs(slot);
    Thread first = waiter(1);
    waiter(2);
    first.interrupt();
    await().until(() -> order.equals(List.of(-1)));

    stock.give(slot);

    await().until(() -> order.equals(List.of(-1, 2)));
  }

  @Test
  void loses_no_slot_when_waiters_are_interrupted_or_late_while_it_is_handed_over()
      throws Exception {
    AtomicInteger held = new AtomicInteger();
    CountDownLatch ended = new CountDownLatch(8);
    for (int i = 0; i < 8; i++) {
      int number = i;
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            for (int turn = 0; turn < 2_000; turn++) {
              Thread self = Thread.currentThread();
              if (number % 2 == 0) {
                Thread.startVirtualThread(self::interrupt);
              }
              try {
                Slot mine = stock.take(WhenFull.block(), 1 + turn % 50 * 1_000L);
                if (mine != null) {
                  assertThat(held.incrementAndGet()).isEqualTo(1);
                  held.decrementAndGet();
                  stock.give(mine);
                }
              } catch (RejectedExecutionException e) {
                Thread.interrupted();
              }
            }
            ended.countDown();
          });
    }
    ended.await();
    assertThat(stock.awaitAll(0)).isTrue();
    assertThat(stock.poll()).isSameAs(slot);
  }

  @Test
  void rejects_all_in_line_when_it_is_closed() {
    assertThat(stock.poll()).isSameAs(slot);
    for (int i = 1; i <= 5; i++) {
      waiter(i);
    }

    stock.close();

    await().until(() -> order.size() == 5);
    assertThat(order).allMatch(number -> number < 0);
    assertThatThrownBy(() -> stock.take(WhenFull.block(), 1))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void knows_when_all_are_back() throws Exception {
    assertThat(stock.poll()).isSameAs(slot);
    assertThat(stock.awaitAll(1_000)).isFalse();
    CompletableFuture<Boolean> back =
        CompletableFuture.supplyAsync(() -> {
          try {
            return stock.awaitAll(Long.MAX_VALUE);
          } catch (InterruptedException e) {
            return false;
          }
        });

    stock.give(slot);

    assertThat(back.get()).isTrue();
  }
}
