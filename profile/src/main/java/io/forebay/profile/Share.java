package io.forebay.profile;

/** What a stage's CPU time was spent for; the labels are the lowest frames of its flame graph. */
enum Share {
  FUNCTION("the function"),
  FOREBAY("Forebay"),
  COMPILER("JVM compiler"),
  COLLECTOR("JVM garbage collection"),
  RUNTIME("other of the runtime"),
  START("starting");

  final String label;

  Share(String label) {
    this.label = label;
  }
}
