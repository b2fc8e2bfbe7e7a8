package io.forebay.observe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A diagnosis as JSON: in the summary, and wherever a snapshot is told. */
public final class DiagnosisJson {
  private DiagnosisJson() {}

  /** The first of them, with what else was found under {@code also}. */
  static Map<String, Object> of(List<Diagnosis> causes) {
    Map<String, Object> json = of(causes.getFirst());
    if (causes.size() > 1) {
      json.put("also", causes.stream().skip(1).map(DiagnosisJson::of).toList());
    }
    return json;
  }

  /** For {@link Json}. */
  public static Map<String, Object> of(Diagnosis diagnosis) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", diagnosis.kind().label());
    json.put("part", diagnosis.part());
    json.put("share", Json.rounded(diagnosis.share()));
    json.put("evidence", diagnosis.evidence());
    json.put("advice", diagnosis.advice());
    Map<String, Object> gain = new LinkedHashMap<>();
    gain.put("factor", Json.rounded(diagnosis.gain().factor()));
    gain.put("low", Json.rounded(diagnosis.gain().low()));
    gain.put("high", Json.rounded(diagnosis.gain().high()));
    json.put("gain", gain);
    json.put("sentence", diagnosis.sentence());
    return json;
  }
}
