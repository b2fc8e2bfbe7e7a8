package io.forebay.config.secrets;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How a secret looks where something has written it down: as it is, quoted, or encoded. */
final class SecretForms {
  /** Lines of a secret that a library may print alone; a heading such as that of PEM is none. */
  private static final int LEAST_LINE = 8;

  private SecretForms() {}

  /** The forms of at least so many characters. */
  static Set<String> of(String secret, int least) {
    Set<String> forms = new LinkedHashSet<>();
    forms.add(secret);
    forms.add(secret.strip());
    secret
        .lines()
        .map(String::strip)
        .filter(line -> line.length() >= LEAST_LINE && !line.startsWith("-----"))
        .forEach(forms::add);
    byte[] utf8 = secret.getBytes(StandardCharsets.UTF_8);
    // What a stream of bytes looks like that is compared byte by byte.
    forms.add(new String(utf8, StandardCharsets.ISO_8859_1));
    addQuoted(forms, secret, utf8);
    addInAddresses(forms, secret);
    addBase64(forms, utf8);
    forms.add(HexFormat.of().formatHex(utf8));
    forms.add(HexFormat.of().withUpperCase().formatHex(utf8));
    forms.removeIf(form -> form.length() < least);
    return forms;
  }

  /** As JSON, Java and Python write it between quotes. */
  private static void addQuoted(Set<String> forms, String secret, byte[] utf8) {
    forms.add(quoted(secret, "\"", false));
    forms.add(quoted(secret, "\"", true));
    forms.add(quoted(secret, "'", false));
    forms.add(quoted(secret, "", false));
    forms.add(quoted(secret, "\"/", true));
    StringBuilder bytes = new StringBuilder(); // b'…'
    for (byte each : utf8) {
      if (each >= 0x20 && each < 0x7f && each != '\\') {
        bytes.append((char) each);
      } else {
        bytes.append(
            switch (each) {
              case '\\' -> "\\\\";
              case '\n' -> "\\n";
              case '\r' -> "\\r";
              case '\t' -> "\\t";
              default -> "\\x" + HexFormat.of().toHexDigits(each);
            });
      }
    }
    forms.add(bytes.toString());
  }

  private static String quoted(String secret, String escaped, boolean ascii) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < secret.length(); i++) {
      char c = secret.charAt(i);
      switch (c) {
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c == '\\' || escaped.indexOf(c) >= 0) {
            text.append('\\').append(c);
          } else if (c < 0x20 || (ascii && c > 0x7e)) {
            text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    return text.toString();
  }

  /** As it stands in a URL or in the body of a form. */
  private static void addInAddresses(Set<String> forms, String secret) {
    String form = URLEncoder.encode(secret, StandardCharsets.UTF_8);
    String path = form.replace("+", "%20");
    for (String each : List.of(form, path, path.replace("%7E", "~"), path.replace("*", "%2A"))) {
      forms.add(each);
      StringBuilder lower = new StringBuilder(each);
      for (int i = 0; i + 2 < each.length(); i++) {
        if (each.charAt(i) == '%') {
          lower.replace(i + 1, i + 3, each.substring(i + 1, i + 3).toLowerCase(Locale.ROOT));
        }
      }
      forms.add(lower.toString());
    }
  }

  /**
   * Base64 of a text that the secret is part of, such as {@code user:secret} of HTTP: by where in a
   * group of three bytes it begins there are three, each without the characters at its ends that
   * hold bits of what stands beside it.
   */
  private static void addBase64(Set<String> forms, byte[] utf8) {
    for (int before = 0; before < 3; before++) {
      byte[] shifted = new byte[before + utf8.length];
      System.arraycopy(utf8, 0, shifted, before, utf8.length);
      int begin = (before * 8 + 5) / 6;
      int end = shifted.length * 8 / 6;
      for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
        String encoded = encoder.withoutPadding().encodeToString(shifted);
        forms.add(encoded.substring(begin, Math.max(begin, end)));
      }
    }
  }
}
