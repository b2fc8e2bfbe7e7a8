package io.forebay.functions.internal.conditions;

import io.forebay.parameters.ParameterType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads conditions, a small part of what SQL has behind {@code WHERE}:
 *
 * <pre>
 * condition  = all { "or" all }
 * all        = one { "and" one }
 * one        = "not" one | "(" condition ")" | column test
 * test       = ("=" | "!=" | "&lt;&gt;" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=") literal
 *            | "is" [ "not" ] "null"
 *            | [ "not" ] "between" literal "and" literal
 *            | [ "not" ] "in" "(" literal { "," literal } ")"
 * literal    = number | 'text' | true | false
 * column     = name | "any name"
 * </pre>
 */
public final class ConditionType implements ParameterType<RowCondition> {
  private static final int MOST_DEPTH = 64;

  private static final Set<String> KEYWORDS =
      Set.of("and", "or", "not", "is", "null", "between", "in", "true", "false");

  @Override
  public String noun() {
    return "a condition on columns such as value > 20 and sensorId != 'test'";
  }

  @Override
  public RowCondition parse(String text) {
    Reader reader = new Reader(Token.of(text));
    RowCondition condition = reader.condition(0);
    reader.end();
    return condition;
  }

  private static final class Reader {
    private final List<Token> tokens;
    private int next;

    Reader(List<Token> tokens) {
      this.tokens = tokens;
    }

    private Token peek() {
      return tokens.get(next);
    }

    private boolean take(String word) {
      boolean found = peek().is(word);
      next += found ? 1 : 0;
      return found;
    }

    private IllegalArgumentException expected(String what) {
      return new IllegalArgumentException(
          "which has " + peek() + " where " + what + " is expected");
    }

    private void need(String word) {
      if (!take(word)) {
        throw expected("'" + word + "'");
      }
    }

    void end() {
      if (peek().kind() != Token.Kind.END) {
        throw expected("'and', 'or' or the end");
      }
    }

    RowCondition condition(int depth) {
      List<RowCondition> any = new ArrayList<>();
      do {
        any.add(all(depth));
      } while (take("or"));
      return any.size() == 1 ? any.getFirst() : new Or(List.copyOf(any));
    }

    private RowCondition all(int depth) {
      List<RowCondition> all = new ArrayList<>();
      do {
        all.add(one(depth));
      } while (take("and"));
      return all.size() == 1 ? all.getFirst() : new And(List.copyOf(all));
    }

    private RowCondition one(int depth) {
      if (depth > MOST_DEPTH) {
        throw new IllegalArgumentException("which is more than " + MOST_DEPTH + " levels deep");
      }
      if (take("not")) {
        return new Not(one(depth + 1));
      }
      if (take("(")) {
        RowCondition inner = condition(depth + 1);
        need(")");
        return inner;
      }
      return test(column());
    }

    private ColumnName column() {
      Token token = peek();
      boolean name =
          token.kind() == Token.Kind.QUOTED
              || (token.kind() == Token.Kind.NAME && KEYWORDS.stream().noneMatch(token::is));
      if (!name) {
        throw expected("a column");
      }
      next++;
      return new ColumnName(token.text(), token.at());
    }

    private RowCondition test(ColumnName column) {
      if (take("is")) {
        boolean not = take("not");
        need("null");
        return negated(not, new IsNull(column));
      }
      boolean not = take("not");
      if (take("between")) {
        Literal least = literal();
        need("and");
        Literal most = literal();
        return negated(
            not,
            new And(
                List.of(
                    new Comparison(column, ComparisonOperator.AT_LEAST, least),
                    new Comparison(column, ComparisonOperator.AT_MOST, most))));
      }
      if (take("in")) {
        need("(");
        List<RowCondition> any = new ArrayList<>();
        do {
          any.add(new Comparison(column, ComparisonOperator.EQUAL, literal()));
        } while (take(","));
        need(")");
        return negated(not, new Or(List.copyOf(any)));
      }
      if (not) {
        throw expected("'between' or 'in'");
      }
      return new Comparison(column, operator(), literal());
    }

    private static RowCondition negated(boolean not, RowCondition condition) {
      return not ? new Not(condition) : condition;
    }

    private ComparisonOperator operator() {
      if (take("<>")) {
        return ComparisonOperator.NOT_EQUAL;
      }
      if (take("==")) {
        return ComparisonOperator.EQUAL;
      }
      for (ComparisonOperator each : ComparisonOperator.values()) {
        if (take(each.symbol())) {
          return each;
        }
      }
      throw expected("=, !=, <, <=, >, >=, is, between or in");
    }

    private Literal literal() {
      Token token = peek();
      Literal literal =
          switch (token.kind()) {
            case NUMBER -> new Literal.Amount(token.text(), new BigDecimal(token.text()));
            case TEXT -> new Literal.Text(token.text());
            default -> {
              if (token.is("true") || token.is("false")) {
                yield new Literal.Bool(token.is("true"));
              }
              throw expected("a number, a 'text' in single quotes, true or false");
            }
          };
      next++;
      return literal;
    }
  }
}
