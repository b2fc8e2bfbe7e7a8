package io.forebay.cli.report;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One HTML page, light or dark as the reader's system is, that loads nothing and runs nothing. What
 * is added comes in that order.
 */
public final class HtmlPage {
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>{title}</title>
      <style>
      :root { color-scheme: light dark; --ground: #f4f6f8; --card: #fff; --ink: #17212b; --dim: #566573; --line: #d5dce3;
        --c0: #1e7fb8; --c1: #1b7f4d; --c2: #b36200; --c3: #8e44ad; --c4: #b3261e; --c5: #5d6d7e; }
      @media (prefers-color-scheme: dark) { :root { --ground: #11161b; --card: #1a2128; --ink: #e4eaf0; --dim: #9aa8b5; --line: #323d47;
        --c0: #4aa8e0; --c1: #6fd3a0; --c2: #e8a33d; --c3: #c792ea; --c4: #ff8a80; --c5: #aab7c4; } }
      * { box-sizing: border-box; }
      body { margin: 0 auto; max-width: 1100px; padding: 16px; background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
      h1 { font-size: 1.5rem; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin: 28px 0 6px; overflow-wrap: anywhere; }
      p { margin: 6px 0; overflow-wrap: anywhere; } .lead { font-size: 1.1rem; border-left: 5px solid var(--c0); padding: 8px 14px; background: var(--card); }
      .scroll { overflow-x: auto; } table { border-collapse: collapse; background: var(--card); margin: 10px 0; font-variant-numeric: tabular-nums; }
      th, td { border: 1px solid var(--line); padding: 4px 10px; text-align: right; white-space: nowrap; }
      th:first-child, td:first-child { text-align: left; } th { color: var(--dim); font-weight: 600; }
      pre { background: var(--card); border: 1px solid var(--line); padding: 8px 12px; overflow-x: auto; }
      .plots { display: flex; flex-wrap: wrap; gap: 12px; } figure { margin: 8px 0; flex: 1 1 460px; min-width: 0; max-width: 545px; background: var(--card); border: 1px solid var(--line); padding: 8px; }
      figcaption { color: var(--dim); font-size: .9rem; } svg { width: 100%; height: auto; display: block; }
      footer { color: var(--dim); margin-top: 28px; font-size: .9rem; }
      </style>
      </head>
      <body>
      <main>
      """;

  private final UnaryOperator<String> texts;
  private final StringBuilder html = new StringBuilder();
  private boolean plots;

  /**
   * An empty page.
   *
   * @param texts is applied to every text, before it is written so that it is nothing but text
   */
  public HtmlPage(String title, UnaryOperator<String> texts) {
    this.texts = texts;
    html.append(HEAD.replace("{title}", text(title)));
    element("h1", title);
  }

  /** A heading of a part. */
  public void heading(String text) {
    element("h2", text);
  }

  /** The one sentence to read. */
  public void lead(String text) {
    endPlots();
    html.append("<p class=\"lead\">").append(text(text)).append("</p>\n");
  }

  /** A paragraph. */
  public void paragraph(String text) {
    element("p", text);
  }

  /** Lines as they are. */
  public void lines(List<String> lines) {
    element("pre", String.join("\n", lines));
  }

  /**
   * A table; the first column to the left, the others to the right.
   *
   * @param rows of as many cells as there are headers; none: no table
   */
  public void table(List<String> headers, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    endPlots();
    html.append("<div class=\"scroll\"><table><thead>");
    row("th scope=\"col\"", "th", headers);
    html.append("</thead><tbody>");
    rows.forEach(cells -> row("td", "td", cells));
    html.append("</tbody></table></div>\n");
  }

  /** A picture; those that follow each other stand side by side where there is room. */
  public void plot(Plot plot, String caption) {
    if (!plots) {
      html.append("<div class=\"plots\">\n");
      plots = true;
    }
    html.append("<figure>").append(plot.svg(this::text));
    html.append("<figcaption>").append(text(caption)).append("</figcaption></figure>\n");
  }

  /** The page. */
  public String html(String footer) {
    endPlots();
    return html + "</main>\n<footer>" + text(footer) + "</footer>\n</body>\n</html>\n";
  }

  private void element(String name, String text) {
    endPlots();
    html.append('<').append(name).append('>').append(text(text));
    html.append("</").append(name).append(">\n");
  }

  private void row(String begin, String end, List<String> cells) {
    html.append("<tr>");
    for (String cell : cells) {
      html.append('<').append(begin).append('>').append(text(cell));
      html.append("</").append(end).append('>');
    }
    html.append("</tr>");
  }

  private void endPlots() {
    if (plots) {
      html.append("</div>\n");
      plots = false;
    }
  }

  private String text(String text) {
    StringBuilder escaped = new StringBuilder();
    texts
        .apply(text)
        .codePoints()
        .forEach(c -> {
          switch (c) {
            case '<' -> escaped.append("&lt;");
            case '>' -> escaped.append("&gt;");
            case '&' -> escaped.append("&amp;");
            case '"' -> escaped.append("&quot;");
            case '\'' -> escaped.append("&#39;");
            default -> {
              boolean allowed = c >= 0x20 ? c < 0xd800 || c > 0xdfff : c == '\n' || c == '\t';
              escaped.appendCodePoint(allowed ? c : 0xfffd);
            }
          }
        });
    return escaped.toString();
  }
}
