package io.forebay.profile;

import java.util.List;
import java.util.Map;

/** The page that leads to the others, with the same in words and figures. */
final class IndexPage {
  @SuppressWarnings("InlineFormatString") // It is half of a page.
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>%s</title>
      <style>
      :root { color-scheme: light dark; }
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
      h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 2rem 0 0.3rem; }
      .bar { display: flex; height: 1.2rem; border-radius: 4px; overflow: hidden; }
      .bar span { min-width: 1px; }
      table { border-collapse: collapse; margin: 0.6rem 0; }
      td { padding: 0.1rem 1rem 0.1rem 0; overflow-wrap: anywhere; }
      td:first-child { text-align: right; white-space: nowrap; }
      .key { display: inline-block; width: 0.8em; height: 0.8em; border-radius: 2px; margin-right: 0.5em; }
      .note { opacity: 0.75; }
      </style>
      </head>
      <body>
      """;

  /** As in the flame graphs, where a share has one there. */
  private static final Map<String, String> COLOURS =
      Map.of(
          Share.FUNCTION.label, "#3fae49",
          Share.FOREBAY.label, "#2fa4a4",
          Share.COMPILER.label, "#c9a227",
          Share.COLLECTOR.label, "#b35c2e",
          Share.RUNTIME.label, "#888888",
          Share.START.label, "#7b68b0");

  private static final List<String> FURTHER =
      List.of("#5b7fc7", "#b05ab0", "#6f9a3a", "#c0586b", "#4b8f8c", "#9a8450", "#6a6a9f");

  private final StringBuilder html = new StringBuilder();

  IndexPage(String title, List<String> notes) {
    html.append(HEAD.formatted(FlamePage.escaped(title)));
    html.append("<h1>").append(FlamePage.escaped(title)).append("</h1>\n");
    notes.forEach(
        note -> html.append("<p class=\"note\">").append(FlamePage.escaped(note)).append("</p>\n"));
    html.append(
            "<p><a href=\"" + ProfileFolder.PIPELINE + "\">Flame graph of the whole pipeline</a>")
        .append(" · <a href=\"" + ProfileFolder.STACKS + "\">all stacks</a></p>\n");
  }

  /**
   * Adds a part of the pipeline.
   *
   * @param page its flame graph
   * @param shares what its time was spent for, in nanoseconds
   * @param methods where most of it was spent
   */
  void add(
      String name,
      String page,
      String sentence,
      Map<String, Long> shares,
      List<Map.Entry<String, Long>> methods) {
    long total = shares.values().stream().mapToLong(Long::longValue).sum();
    html.append("<h2><a href=\"").append(FlamePage.escaped(page)).append("\">");
    html.append(FlamePage.escaped(name)).append("</a></h2>\n");
    html.append("<p>").append(FlamePage.escaped(sentence)).append("</p>\n");
    if (total == 0) {
      return;
    }
    StringBuilder bar = new StringBuilder("<div class=\"bar\" aria-hidden=\"true\">");
    StringBuilder rows = new StringBuilder("<table>\n");
    int colour = 0;
    for (Map.Entry<String, Long> share : shares.entrySet()) {
      String known = COLOURS.get(share.getKey());
      String paint =
          "background:" + (known == null ? FURTHER.get(colour++ % FURTHER.size()) : known);
      bar.append("<span style=\"flex:")
          .append(share.getValue())
          .append(";")
          .append(paint)
          .append("\"></span>");
      row(rows, share, total, "<span class=\"key\" style=\"" + paint + "\"></span>");
    }
    html.append(bar).append("</div>\n").append(rows).append("</table>\n");
    if (!methods.isEmpty()) {
      html.append("<p>Most of the function's time:</p>\n<table>\n");
      methods.forEach(method -> row(html, method, total, ""));
      html.append("</table>\n");
    }
  }

  private static void row(StringBuilder to, Map.Entry<String, Long> what, long total, String key) {
    to.append("<tr><td>").append(StageStacks.percent(what.getValue(), total)).append("</td><td>");
    to.append(key).append(FlamePage.escaped(what.getKey())).append("</td></tr>\n");
  }

  String html() {
    return html + "</body>\n</html>\n";
  }
}
