package io.forebay.workers.api;

/**
 * When worker processes that are well are replaced, ± 10 %.
 *
 * @param calls after so many calls; 0: never
 * @param growthBytes when the resident size has grown so much since the process was ready; 0: never
 */
public record Recycling(long calls, long growthBytes) {
  /** Workers are replaced only when they are lost, or near a limit. */
  public static final Recycling NEVER = new Recycling(0, 0);

  public boolean isWanted() {
    return calls > 0 || growthBytes > 0;
  }
}
