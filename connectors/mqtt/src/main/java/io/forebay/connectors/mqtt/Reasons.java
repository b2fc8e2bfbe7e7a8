package io.forebay.connectors.mqtt;

import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import java.util.Locale;

/** What brokers' codes mean, in words. */
final class Reasons {
  /** A packet that is larger than the broker takes. */
  static final int TOO_LARGE = 0x95;

  private static final int DISCONNECT_NORMAL = 0x00;
  private static final int QUOTA = 0x97;

  private Reasons() {}

  static String of(MqttConnectReturnCode code) {
    return switch (code) {
      case CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD,
          CONNECTION_REFUSED_BAD_USERNAME_OR_PASSWORD ->
          "the user or the password is wrong";
      case CONNECTION_REFUSED_NOT_AUTHORIZED, CONNECTION_REFUSED_NOT_AUTHORIZED_5 ->
          "this client is not authorized; give user and password, or ask who runs the broker";
      case CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION,
          CONNECTION_REFUSED_UNSUPPORTED_PROTOCOL_VERSION ->
          "it does not speak this version of MQTT; choose another one";
      case CONNECTION_REFUSED_IDENTIFIER_REJECTED, CONNECTION_REFUSED_CLIENT_IDENTIFIER_NOT_VALID ->
          "it does not accept the client id; choose another one";
      default ->
          code.name().replace("CONNECTION_REFUSED_", "").replace('_', ' ').toLowerCase(Locale.ROOT);
    };
  }

  /** Whether the same request will be refused again until somebody changes something. */
  static boolean isLasting(MqttConnectReturnCode code) {
    return switch (code) {
      case CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD,
          CONNECTION_REFUSED_BAD_USERNAME_OR_PASSWORD,
          CONNECTION_REFUSED_NOT_AUTHORIZED,
          CONNECTION_REFUSED_NOT_AUTHORIZED_5,
          CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION,
          CONNECTION_REFUSED_UNSUPPORTED_PROTOCOL_VERSION,
          CONNECTION_REFUSED_IDENTIFIER_REJECTED,
          CONNECTION_REFUSED_CLIENT_IDENTIFIER_NOT_VALID,
          CONNECTION_REFUSED_BAD_AUTHENTICATION_METHOD,
          CONNECTION_REFUSED_BANNED ->
          true;
      default -> false;
    };
  }

  /** The reason code of a DISCONNECT from the broker. */
  static String ofDisconnect(byte code) {
    return switch (code & 0xFF) {
      case DISCONNECT_NORMAL -> "no reason given";
      case 0x8B -> "it is shutting down";
      case 0x8D -> "it has heard nothing for too long";
      case 0x8E -> "another client with the same client id has connected; give each its own";
      case 0x93 -> "more messages were unacknowledged than it allows";
      case TOO_LARGE -> "the message was larger than it allows";
      case QUOTA -> "a quota of it was exceeded";
      default -> "reason code 0x" + Integer.toHexString(code & 0xFF);
    };
  }

  /** Whether the same message may be taken later: the broker has no room for now. */
  static boolean isForNow(int code) {
    return code == QUOTA;
  }

  /** The reason code of a refused PUBLISH or SUBSCRIBE. */
  static String ofRefusal(int code) {
    return switch (code) {
      case 0x83 -> "it does not say why";
      case 0x87 -> "this client is not authorized";
      case 0x8F, 0x90 -> "it does not accept the topic";
      case TOO_LARGE -> "the message was larger than it allows";
      case QUOTA -> "a quota of it was exceeded";
      case 0x99 -> "the payload is not what the message says";
      case 0x9E -> "it has no shared subscriptions";
      case 0xA1, 0xA2 -> "it has no such subscriptions";
      default -> "reason code 0x" + Integer.toHexString(code);
    };
  }
}
