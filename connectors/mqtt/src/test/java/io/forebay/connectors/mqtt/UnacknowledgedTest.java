package io.forebay.connectors.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UnacknowledgedTest {
  private final Unacknowledged unacknowledged = new Unacknowledged(0);
  private int connection = unacknowledged.connected(false);

  private void message(int id, int qos, long last) {
    assertThat(unacknowledged.isNew(id, qos, false, id)).isTrue();
    unacknowledged.complete(unacknowledged.received(id, qos, id), last);
  }

  private List<String> due() throws InterruptedException {
    List<String> texts = new ArrayList<>();
    Unacknowledged.Answer[] answers = unacknowledged.take(connection, 1);
    assertThat(answers).isNotNull();
    for (Unacknowledged.Answer answer : answers) {
      texts.add(answer.type() + " " + answer.packetId());
    }
    return texts;
  }

  @Test
  void answers_in_the_order_of_reception_when_records_are_durable() throws Exception {
    message(5, 1, 1);
    message(3, 2, 2);
    message(9, 1, 4);

    assertThat(due()).isEmpty();
    unacknowledged.acknowledged(1);
    assertThat(due()).containsExactly("PUBACK 5");
    unacknowledged.acknowledged(3);
    assertThat(due()).containsExactly("PUBREC 3");
    unacknowledged.acknowledged(4);
    assertThat(due()).containsExactly("PUBACK 9");
  }

  @Test
  void does_not_answer_a_message_when_some_of_its_records_are_not_handed_in_yet() throws Exception {
    assertThat(unacknowledged.isNew(1, 1, false, 0)).isTrue();
    Unacknowledged.Message message = unacknowledged.received(1, 1, 0);
    unacknowledged.acknowledged(7);

    assertThat(due()).isEmpty();
    unacknowledged.complete(message, 7);
    assertThat(due()).containsExactly("PUBACK 1");
  }

  @Test
  void answers_a_message_without_records_when_all_before_it_are_durable() throws Exception {
    message(1, 1, 10);
    message(2, 1, 10);

    assertThat(due()).isEmpty();
    unacknowledged.acknowledged(10);
    assertThat(due()).containsExactly("PUBACK 1", "PUBACK 2");
    message(3, 1, 10);
    assertThat(due()).containsExactly("PUBACK 3");
  }

  @Test
  void recognizes_what_is_still_in_work_when_the_connection_was_lost() throws Exception {
    message(1, 1, 1);
    message(2, 1, 2);
    connection = unacknowledged.connected(true);

    assertThat(unacknowledged.isNew(1, 1, true, 1)).isFalse();
    unacknowledged.acknowledged(2);
    assertThat(due()).as("2 was not sent again yet").containsExactly("PUBACK 1");
    assertThat(unacknowledged.isNew(2, 1, true, 2)).isFalse();
    assertThat(due()).containsExactly("PUBACK 2");
  }

  @Test
  void answers_again_what_was_due_but_not_sent_when_the_connection_was_lost() throws Exception {
    message(1, 1, 1);
    message(2, 2, 2);
    unacknowledged.acknowledged(2);
    connection = unacknowledged.connected(true);

    assertThat(due()).isEmpty();
    assertThat(unacknowledged.isNew(1, 1, true, 1)).isFalse();
    assertThat(unacknowledged.isNew(2, 2, true, 2)).isFalse();
    assertThat(due()).containsExactly("PUBACK 1", "PUBREC 2");
  }

  @Test
  void hands_in_again_what_was_answered_when_qos_1_repeats_it() throws Exception {
    message(1, 1, 1);
    unacknowledged.acknowledged(1);
    assertThat(due()).containsExactly("PUBACK 1");
    connection = unacknowledged.connected(true);

    assertThat(unacknowledged.isNew(1, 1, true, 1)).isTrue();
  }

  @Test
  void does_not_hand_in_again_what_was_answered_when_qos_2_repeats_it() throws Exception {
    message(1, 2, 1);
    unacknowledged.acknowledged(1);
    assertThat(due()).containsExactly("PUBREC 1");
    connection = unacknowledged.connected(true);

    assertThat(unacknowledged.isNew(1, 2, true, 1)).isFalse();
    assertThat(due()).containsExactly("PUBREC 1");
    unacknowledged.released(1);
    assertThat(due()).containsExactly("PUBCOMP 1");
    assertThat(unacknowledged.isNew(1, 2, false, 1)).as("the identifier is free again").isTrue();
  }

  @Test
  void takes_a_message_for_a_new_one_when_the_broker_has_forgotten_the_session() throws Exception {
    message(1, 1, 1);
    message(2, 2, 2);
    connection = unacknowledged.connected(false);

    assertThat(unacknowledged.isNew(1, 1, false, 1)).isTrue();
    Unacknowledged.Message again = unacknowledged.received(1, 1, 1);
    unacknowledged.complete(again, 3);
    unacknowledged.acknowledged(2);
    assertThat(due()).as("what the broker forgot is not answered").isEmpty();
    unacknowledged.acknowledged(3);
    assertThat(due()).containsExactly("PUBACK 1");
  }

  @Test
  void takes_a_message_for_a_new_one_when_the_identifier_means_another() throws Exception {
    message(1, 1, 1);
    connection = unacknowledged.connected(true);

    assertThat(unacknowledged.isNew(1, 1, true, 999)).isTrue();
    unacknowledged.acknowledged(1);
    assertThat(due()).isEmpty();
  }

  @Test
  void ends_the_writing_thread_when_its_connection_is_over_or_all_is_answered() throws Exception {
    message(1, 1, 1);
    unacknowledged.acknowledged(1);
    unacknowledged.close();
    assertThat(due()).containsExactly("PUBACK 1");
    assertThat(unacknowledged.take(connection, Long.MAX_VALUE)).isNull();
    unacknowledged.connected(true);
    assertThat(unacknowledged.take(connection, Long.MAX_VALUE)).isNull();
  }
}
