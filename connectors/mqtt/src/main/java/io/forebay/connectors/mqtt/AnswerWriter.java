package io.forebay.connectors.mqtt;

import java.io.IOException;
import java.util.Optional;

/**
 * Writes on one connection the answers that are due, and asks for a sign of life when there was
 * nothing to write for half of the keep-alive. Says goodbye at the end. Runs on a thread of its
 * own.
 */
final class AnswerWriter implements Runnable {
  private final Wire wire;
  private final Unacknowledged unacknowledged;
  private final int connection;
  private final Optional<Will> will;

  AnswerWriter(Wire wire, Unacknowledged unacknowledged, int connection, Optional<Will> will) {
    this.wire = wire;
    this.unacknowledged = unacknowledged;
    this.connection = connection;
    this.will = will;
  }

  @Override
  public void run() {
    try {
      long pingNanos = wire.keepAlive().toNanos() / 2;
      while (true) {
        Unacknowledged.Answer[] answers = unacknowledged.take(connection, pingNanos);
        if (answers == null) {
          break;
        }
        for (Unacknowledged.Answer answer : answers) {
          wire.writeAnswer(answer.type(), answer.packetId());
        }
        if (answers.length == 0) {
          wire.ping();
        } else {
          wire.flush();
        }
      }
      if (unacknowledged.isClosing()) {
        if (will.isPresent()) {
          Subscription.publish(wire, will.get().topic(), Will.OFFLINE_BYTES, true);
        }
        wire.disconnect();
      }
    } catch (IOException e) {
      wire.close(); // The reading thread finds out.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
