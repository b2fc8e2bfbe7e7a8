package io.forebay;

/** How a source stands to its outside world, for {@link SourceContext#state}. */
public enum SourceState {
  /** It is trying to reach its outside world. */
  CONNECTING,

  /** It is connected, or listens: records come as soon as there are some. */
  CONNECTED,

  /** It has lost its outside world and will try again. */
  DISCONNECTED,

  /** It is connected and there is nothing to read at the moment. */
  IDLE
}
