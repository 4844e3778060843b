package dev.proxima.models.template;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A template's text as Jinja2 sees it with {@code trim_blocks} and {@code lstrip_blocks}: a block
 * or comment takes along the line feed behind it and, at the beginning of a line, the white space
 * before it, unless a plus sign forbids it. Jinjava's own version of these also takes the space
 * between an expression and a block, and ends an expression at the first two braces.
 */
final class JinjaSource {

  private static final Pattern TAG = Pattern.compile("\\{[{%#]");
  private static final Pattern END_OF_RAW = Pattern.compile("\\{%[-+]?\\s*endraw\\b");
  private static final Pattern RAW = Pattern.compile("\\{%[-+]?\\s*raw\\s*[-+]?%\\}");

  private final String source;
  private final StringBuilder result = new StringBuilder();
  private int position;

  private JinjaSource(String source) {
    this.source = source;
  }

  /** The same template for an engine that trims only at minus signs. */
  static String trimmed(String source) {
    // As Jinja2 does: one kind of line ending, and none at the end.
    String text = source.replace("\r\n", "\n").replace('\r', '\n');
    return new JinjaSource(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text)
        .trim();
  }

  private String trim() {
    Pattern next = TAG;
    Matcher matcher = next.matcher(source);
    while (matcher.find(position)) {
      int tag = matcher.start();
      copyText(tag);
      int end = endOfTag(tag);
      String image = source.substring(tag, end);
      copyTag(tag, end);
      position = end;
      boolean raw = next == TAG && RAW.matcher(image).matches();
      if (!raw && takesLineFeed(image) && source.startsWith("\n", end)) {
        position++;
      }
      next = raw ? END_OF_RAW : TAG;
      matcher = next.matcher(source);
    }
    return result.append(source, position, source.length()).toString();
  }

  private void copyText(int tag) {
    int to = tag;
    if (!isExpression(tag) && !source.startsWith("+", tag + 2)) {
      while (to > 0 && isBlank(source.charAt(to - 1))) {
        to--;
      }
      boolean atLineStart = to == 0 || source.charAt(to - 1) == '\n';
      to = atLineStart ? Math.max(to, position) : tag;
    }
    result.append(source, position, to);
  }

  private static boolean takesLineFeed(String image) {
    return !image.startsWith("{{") && !image.endsWith("+%}") && !image.endsWith("+#}");
  }

  private boolean isExpression(int tag) {
    return source.charAt(tag + 1) == '{';
  }

  private int endOfTag(int tag) {
    char kind = source.charAt(tag + 1);
    String close = kind == '{' ? "}}" : kind + "}";
    if (kind == '#') {
      int end = source.indexOf(close, tag + 2);
      return end < 0 ? source.length() : end + 2;
    }
    int depth = 0;
    for (int i = tag + 2; i < source.length(); i++) {
      char c = source.charAt(i);
      if (c == '\'' || c == '"') {
        i = endOfString(i);
      } else if (depth == 0 && source.startsWith(close, i)) {
        return i + 2;
      } else if (c == '{') {
        depth++;
      } else if (c == '}') {
        depth--;
      }
    }
    return source.length();
  }

  private int endOfString(int quote) {
    for (int i = quote + 1; i < source.length(); i++) {
      if (source.charAt(i) == '\\') {
        i++;
      } else if (source.charAt(i) == source.charAt(quote)) {
        return i;
      }
    }
    return source.length();
  }

  private static boolean isBlank(char c) {
    return c != '\n' && Character.isWhitespace(c);
  }

  /** Without the signs that Jinjava does not know, and the braces that it would misread parted. */
  private void copyTag(int from, int to) {
    boolean noLeftTrim = source.startsWith("+", from + 2);
    boolean noRightTrim = to - from > 4 && source.startsWith("+", to - 3);
    result.append(source, from, from + 2);
    int end = noRightTrim ? to - 3 : Math.max(to - 2, from + 2);
    for (int i = noLeftTrim ? from + 3 : from + 2; i < end; i++) {
      char c = source.charAt(i);
      int last = isExpression(from) && (c == '\'' || c == '"') ? endOfString(i) : i;
      result.append(source, i, Math.min(last + 1, end));
      if (isExpression(from) && c == '}' && source.charAt(i + 1) == '}') {
        result.append(' ');
      }
      i = last;
    }
    result.append(source, Math.max(end, to - 2), to);
  }
}
