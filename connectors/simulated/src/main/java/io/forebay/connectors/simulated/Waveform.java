package io.forebay.connectors.simulated;

/** How the value of a simulated sensor goes between 20 and 80. */
public enum Waveform {
  /** Up and down at one speed. */
  TRIANGLE,
  /** A sine. */
  SINE,
  /** From one end to the other and back, at once. */
  SQUARE,
  /** Up, and down at once. */
  SAWTOOTH,
  /** Levels that last for a while and are drawn by the seed. */
  STEPS,
  /** 50. */
  FLAT
}
