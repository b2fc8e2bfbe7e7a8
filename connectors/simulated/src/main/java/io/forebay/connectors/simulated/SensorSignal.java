package io.forebay.connectors.simulated;

/**
 * The readings of one simulated sensor, as functions of their number (from 1 on). Readings come in
 * blocks of {@value #BLOCK}: a block is dropped, held back or reordered as a whole.
 */
final class SensorSignal {
  /** Half a second of readings. */
  static final int BLOCK = 50;

  /** Readings in which the value goes from its least to its most and back. */
  private static final int PERIOD = 2_000;

  private static final int STEP = 200;
  private static final int READINGS_A_MINUTE = 6_000;

  /** What a number is drawn for, so that one drawing says nothing about another. */
  private static final long NOISE = 0;

  private static final long SPIKE = 1;
  private static final long SPIKE_SIZE = 2;
  private static final long DROPOUT = 3;
  private static final long BURST = 4;
  private static final long LATE = 5;
  private static final long LEVEL = 6;

  private final SensorBehaviour behaviour;
  private int sensor;
  private final long seed;
  private final long records;

  /** The numbers of the readings of one block, in the order in which they are sent. */
  private long[] order = {};

  private long ordered = -1;

  SensorSignal(SensorBehaviour behaviour, int sensor, long seed, long records) {
    this(behaviour, seed, records);
    this.sensor = sensor;
  }

  /** Of sensor 0, until another one is named. */
  SensorSignal(SensorBehaviour behaviour, long seed, long records) {
    this.behaviour = behaviour;
    this.seed = seed;
    this.records = records;
  }

  /** The readings of that sensor from now on; where some are late, always of the same one. */
  SensorSignal of(int number) {
    sensor = number;
    return this;
  }

  /** The number of the reading that is sent at this place; its own where none is late. */
  long reading(long sequence) {
    if (behaviour.late() == 0) {
      return sequence;
    }
    long block = (sequence - 1) / BLOCK;
    if (block != ordered) {
      order(block);
    }
    return order[(int) ((sequence - 1) % BLOCK)];
  }

  private void order(long block) {
    if (order.length == 0) {
      order = new long[BLOCK];
    }
    long first = block * BLOCK + 1;
    int size = (int) Math.min(BLOCK, records - first + 1);
    int to = 0;
    for (int i = 0; i < size; i++) {
      if (!isLate(first + i)) {
        order[to++] = first + i;
      }
    }
    for (int i = 0; i < size; i++) {
      if (isLate(first + i)) {
        order[to++] = first + i;
      }
    }
    ordered = block;
  }

  private boolean isLate(long reading) {
    return draw(LATE, reading) < behaviour.late();
  }

  /** Whether the reading is not sent. */
  boolean isDropped(long reading) {
    return behaviour.dropouts() > 0 && draw(DROPOUT, (reading - 1) / BLOCK) < behaviour.dropouts();
  }

  /** The reading after which this one is sent at the earliest: itself, or the end of its burst. */
  long sentWith(long sequence) {
    long block = (sequence - 1) / BLOCK;
    boolean held = behaviour.bursts() > 0 && draw(BURST, block) < behaviour.bursts();
    return held ? Math.min(records, (block + 1) * BLOCK) : sequence;
  }

  double value(long reading) {
    double value = wave(reading) + 2 * behaviour.noise() * (draw(NOISE, reading) - 0.5);
    if (behaviour.drift() != 0) {
      value += behaviour.drift() * reading / READINGS_A_MINUTE;
    }
    if (behaviour.spikes() > 0 && draw(SPIKE, reading) < behaviour.spikes()) {
      double size = draw(SPIKE_SIZE, reading) * 160 - 80;
      value += size + Math.copySign(40, size);
    }
    return value;
  }

  /** Between 20 and 80; no function of the C library. */
  private double wave(long reading) {
    long phase = (reading + 137L * sensor) % PERIOD;
    return switch (behaviour.waveform()) {
      case TRIANGLE -> 20 + 60 * (Math.abs(phase - PERIOD / 2) / (PERIOD / 2.0));
      case SINE -> 50 + 30 * StrictMath.sin(2 * Math.PI * phase / PERIOD);
      case SQUARE -> phase < PERIOD / 2 ? 20 : 80;
      case SAWTOOTH -> 20 + 60.0 * phase / PERIOD;
      case STEPS -> 20 + 60 * draw(LEVEL, (reading + 137L * sensor) / STEP);
      case FLAT -> 50;
    };
  }

  /** Between 0 and 1. */
  private double draw(long what, long number) {
    long drawn = mix(seed + mix(sensor) + number);
    return ((what == NOISE ? drawn : mix(drawn + what)) >>> 11) * 0x1.0p-53;
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
  private static long mix(long z) {
    z += 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
