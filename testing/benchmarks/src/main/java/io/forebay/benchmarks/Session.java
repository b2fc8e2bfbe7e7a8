package io.forebay.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The measurement of one claim: how thorough it is, where its files lie, and what it found. */
final class Session {
  private final boolean brief;
  private final Path scratch;
  private final List<Contest> contests = new ArrayList<>();
  private final List<Verdict> verdicts = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  Session(boolean brief, Path scratch) throws IOException {
    this.brief = brief;
    this.scratch = Files.createDirectories(scratch);
  }

  /** Whether only to show that everything works: small inputs, one round, no trust in figures. */
  boolean brief() {
    return brief;
  }

  /** {@code full}, or {@code small} in a brief session. */
  int scaled(int full, int small) {
    return brief ? small : full;
  }

  /** How many rounds are measured. */
  int rounds() {
    return brief ? 1 : Integer.getInteger("rounds", 5);
  }

  /** Where inputs and outputs may be written. */
  Path file(String name) {
    return scratch.resolve(name);
  }

  /** Runs the contest and keeps it for the report. */
  Contest run(Contest contest, int warmups) throws Exception {
    System.err.println(contest.title());
    contests.add(contest);
    return contest.run(brief ? 0 : warmups, rounds());
  }

  /** States that {@code measured} is to reach {@code bar}. */
  void atLeast(String statement, Series measured, double bar) {
    verdicts.add(new Verdict(statement, measured, bar, true));
  }

  /** States that {@code measured} is to stay within {@code bar}. */
  void atMost(String statement, Series measured, double bar) {
    verdicts.add(new Verdict(statement, measured, bar, false));
  }

  /** A sentence for the report. */
  void note(String sentence) {
    notes.add(sentence);
  }

  List<Contest> contests() {
    return List.copyOf(contests);
  }

  List<Verdict> verdicts() {
    return List.copyOf(verdicts);
  }

  List<String> notes() {
    return List.copyOf(notes);
  }
}
