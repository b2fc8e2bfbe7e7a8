package io.forebay.connectors.mqtt;

import java.io.IOException;

/** The broker has answered, and the answer is no. */
final class BrokerRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean lasting;

  /**
   * @param lasting whether asking again the same way cannot help: a wrong password
   */
  BrokerRefusedException(String message, boolean lasting) {
    super(message);
    this.lasting = lasting;
  }

  boolean isLasting() {
    return lasting;
  }
}
