package io.forebay.internal.concurrent;

import static io.forebay.internal.concurrent.Mailbox.Offer.CLOSED;
import static io.forebay.internal.concurrent.Mailbox.Offer.FULL;
import static io.forebay.internal.concurrent.Mailbox.Offer.TAKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class MailboxTest {
  private final Mailbox<Integer> two = Mailbox.ofElements(2);

  /** A call on a thread of its own. */
  private static final class Caller<V> extends FutureTask<V> {
    final Thread thread = Thread.ofPlatform().unstarted(this);

    Caller(Callable<V> call) {
      super(call);
    }

    /** Begins the call and returns when it waits. */
    static <V> Caller<V> waiting(Callable<V> call) {
      Caller<V> caller = new Caller<>(call);
      caller.thread.start();
      while (caller.thread.getState() != Thread.State.WAITING) {
        if (caller.isDone()) {
          fail("the call did not wait");
        }
        Thread.onSpinWait();
      }
      return caller;
    }
  }

  private void fill() throws InterruptedException {
    assertThat(two.put(1)).isTrue();
    assertThat(two.offer(2)).isEqualTo(TAKEN);
  }

  @Test
  void gives_elements_in_the_order_in_which_they_came() throws Exception {
    fill();
    assertThat(two.take()).isEqualTo(1);
    assertThat(two.put(3)).isTrue();
    assertThat(two.take()).isEqualTo(2);
    assertThat(two.take()).isEqualTo(3);
  }

  @Test
  void refuses_what_does_not_fit() throws Exception {
    fill();
    assertThat(two.offer(3)).isEqualTo(FULL);
    assertThat(two.take()).isEqualTo(1);
    assertThat(two.offer(3)).isEqualTo(TAKEN);
  }

  @Test
  void lets_who_waits_for_room_go_on_when_one_is_taken() throws Exception {
    fill();
    Caller<Boolean> sender = Caller.waiting(() -> two.put(3));
    assertThat(two.take()).isEqualTo(1);
    assertThat(sender.get()).isTrue();
    assertThat(two.closeAndDrain()).containsExactly(2, 3);
  }

  @Test
  void lets_who_waits_for_an_element_go_on_when_one_comes() throws Exception {
    Caller<Integer> taker = Caller.waiting(two::take);
    assertThat(two.put(1)).isTrue();
    assertThat(taker.get()).isEqualTo(1);
  }

  @Test
  void gives_what_is_in_and_then_the_end_when_it_is_closed_while_full() throws Exception {
    fill();
    Caller<Boolean> sender = Caller.waiting(() -> two.put(3));
    two.close();
    assertThat(sender.get()).isFalse();
    assertThat(two.offer(4)).isEqualTo(CLOSED);
    assertThat(two.put(4)).isFalse();
    assertThat(two.take()).isEqualTo(1);
    assertThat(two.take()).isEqualTo(2);
    assertThat(two.take()).isNull();
    assertThat(two.take(new ArrayList<>(), 2)).isFalse();
  }

  @Test
  void tells_all_who_wait_for_an_element_when_it_is_closed_while_empty() throws Exception {
    List<Integer> into = new ArrayList<>();
    Caller<Integer> one = Caller.waiting(two::take);
    Caller<Boolean> several = Caller.waiting(() -> two.take(into, 5));
    two.close();
    assertThat(one.get()).isNull();
    assertThat(several.get()).isFalse();
    assertThat(into).isEmpty();
  }

  @Test
  void gives_what_is_in_to_who_closes_and_drains() throws Exception {
    fill();
    Caller<Boolean> sender = Caller.waiting(() -> two.put(3));
    assertThat(two.closeAndDrain()).containsExactly(1, 2);
    assertThat(sender.get()).isFalse();
    assertThat(two.take()).isNull();
    assertThat(two.closeAndDrain()).isEmpty();
  }

  @Test
  void takes_several_at_once_and_lets_as_many_in() throws Exception {
    fill();
    Caller<Boolean> third = Caller.waiting(() -> two.put(3));
    Caller<Boolean> fourth = Caller.waiting(() -> two.put(3));
    List<Integer> into = new ArrayList<>();
    assertThat(two.take(into, 5)).isTrue();
    assertThat(into).containsExactly(1, 2);
    assertThat(third.get()).isTrue();
    assertThat(fourth.get()).isTrue();
    assertThat(two.closeAndDrain()).containsExactly(3, 3);
  }

  @Test
  void leaves_no_more_than_it_was_asked_for() throws Exception {
    fill();
    List<Integer> into = new ArrayList<>();
    assertThat(two.take(into, 1)).isTrue();
    assertThat(into).containsExactly(1);
    assertThat(two.take()).isEqualTo(2);
  }

  @Test
  void loses_nothing_when_a_sender_or_a_taker_is_interrupted() throws Exception {
    Caller<Integer> taker = Caller.waiting(two::take);
    taker.thread.interrupt();
    assertThatThrownBy(taker::get).hasCauseInstanceOf(InterruptedException.class);
    fill();
    Caller<Boolean> sender = Caller.waiting(() -> two.put(3));
    sender.thread.interrupt();
    assertThatThrownBy(sender::get).hasCauseInstanceOf(InterruptedException.class);
    assertThat(two.closeAndDrain()).containsExactly(1, 2);
  }

  @Test
  void counts_what_elements_weigh() throws Exception {
    Mailbox<Integer> ten = Mailbox.ofWeight(10, n -> n);
    assertThat(ten.offer(11)).isEqualTo(FULL);
    assertThatThrownBy(() -> ten.put(11)).isInstanceOf(IllegalArgumentException.class);
    assertThat(ten.offer(7)).isEqualTo(TAKEN);
    assertThat(ten.offer(4)).isEqualTo(FULL);
    assertThat(ten.offer(3)).isEqualTo(TAKEN);
    Caller<Boolean> first = Caller.waiting(() -> ten.put(4));
    Caller<Boolean> second = Caller.waiting(() -> ten.put(3));
    assertThat(ten.take()).isEqualTo(7);
    assertThat(first.get()).isTrue();
    assertThat(second.get()).isTrue();
    assertThat(ten.offer(1)).isEqualTo(FULL);
    assertThat(ten.closeAndDrain()).containsExactlyInAnyOrder(3, 4, 3);
  }

  @Test
  void lets_in_whatever_comes_where_its_senders_keep_a_limit() throws Exception {
    Mailbox<Integer> box = Mailbox.boundedBySenders();
    for (int i = 0; i < 1_000; i++) {
      assertThat(box.offer(i)).isEqualTo(TAKEN);
    }
    box.close();
    assertThat(box.closeAndDrain()).hasSize(1_000);
  }

  @Test
  void gives_every_element_once_to_many_takers_from_many_senders() throws Exception {
    int senders = 4;
    int each = 5_000;
    ConcurrentLinkedQueue<Integer> got = new ConcurrentLinkedQueue<>();
    List<Caller<Object>> takers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      takers.add(
          new Caller<>(() -> {
            int last = 0;
            List<Integer> some = new ArrayList<>();
            while (two.take(some, 2)) {
              got.addAll(some);
              some.clear();
              last++;
            }
            return last;
          }));
    }
    List<Caller<Object>> giving = new ArrayList<>();
    for (int i = 0; i < senders; i++) {
      int first = i * each;
      giving.add(
          new Caller<>(() -> {
            for (int n = first; n < first + each; n++) {
              if (!two.put(n)) {
                throw new IllegalStateException("closed");
              }
            }
            return "";
          }));
    }
    takers.forEach(taker -> taker.thread.start());
    giving.forEach(sender -> sender.thread.start());
    for (Caller<Object> sender : giving) {
      sender.get();
    }
    two.close();
    for (Caller<Object> taker : takers) {
      taker.get();
    }
    assertThat(got)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, senders * each).boxed().toList());
  }
}
