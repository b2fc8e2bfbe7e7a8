package io.forebay.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Refusal;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;

/** Who is to blame for what a broker refuses, as the client tells it. */
final class MessageFatesTest {
  private final MessageFates fates = new MessageFates();

  @Test
  void blames_none_that_was_only_in_one_batch_with_another() {
    fates
        .ofRow(0, 1)
        .onCompletion(
            null,
            new InvalidRecordException(
                "Failed to append record because it was part of a batch which had one more more"
                    + " invalid records"));
    fates.ofRow(0, 2).onCompletion(null, new InvalidRecordException("no key"));
    assertThat(fates.takeRefused()).isTrue();
    assertThat(fates.isSpoilt()).isTrue();
    assertThat(fates.wasRefused("there", 0, 1)).isFalse();
    assertThat(fates.wasRefused("there", 0, 2)).isTrue();
    fates.reopened();
    assertThat(fates.isSpoilt()).isFalse();
  }

  @Test
  void blames_each_of_which_something_of_its_own_is_said() {
    fates.ofRow(0, 1).onCompletion(null, new RecordTooLargeException("too large"));
    fates.ofRow(0, 2).onCompletion(null, new RecordTooLargeException("too large"));
    assertThat(fates.takeRefused()).isTrue();
    assertThat(fates.isSpoilt()).isFalse();
    fates.refuseAll("there");
    assertThat(fates.take()).extracting(Refusal::sequence).containsExactlyInAnyOrder(1L, 2L);
  }
}
