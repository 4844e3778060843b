package dev.proxima.models.template;

import com.hubspot.jinjava.el.ExtendedSyntaxBuilder;
import com.hubspot.jinjava.el.ext.AstNamedParameter;
import com.hubspot.jinjava.el.ext.ExtendedParser;
import com.hubspot.jinjava.el.ext.NamedParameterOperator;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import jinjava.de.odysseus.el.tree.Bindings;
import jinjava.de.odysseus.el.tree.impl.Builder;
import jinjava.de.odysseus.el.tree.impl.Parser;
import jinjava.de.odysseus.el.tree.impl.Scanner;
import jinjava.de.odysseus.el.tree.impl.Scanner.Symbol;
import jinjava.de.odysseus.el.tree.impl.ast.AstBinary;
import jinjava.de.odysseus.el.tree.impl.ast.AstNode;
import jinjava.de.odysseus.el.tree.impl.ast.AstNull;
import jinjava.de.odysseus.el.tree.impl.ast.AstParameters;
import jinjava.de.odysseus.el.tree.impl.ast.AstProperty;
import jinjava.de.odysseus.el.tree.impl.ast.AstUnary;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELException;

/**
 * Jinja2's expressions where Jinjava's differ: {@code not} binds more weakly than comparisons and
 * tests, {@code and} gives one of its operands, a named argument takes a whole expression, slices
 * have a step, and filters and tests follow one another in any order.
 */
final class JinjaSyntax extends ExtendedSyntaxBuilder {

  private static final long serialVersionUID = 1;

  JinjaSyntax() {
    super(Feature.METHOD_INVOCATIONS, Feature.VARARGS);
  }

  @Override
  protected Parser createParser(String expression) {
    return new JinjaParser(this, expression);
  }

  private static final class JinjaParser extends ExtendedParser {

    private static final AstBinary.Operator AND =
        new AstBinary.Operator() {
          @Override
          public Object eval(Bindings bindings, ELContext context, AstNode left, AstNode right) {
            Object value = left.eval(bindings, context);
            return bindings.convert(value, Boolean.class) ? right.eval(bindings, context) : value;
          }

          @Override
          public String toString() {
            return "&&";
          }
        };

    JinjaParser(Builder context, String input) {
      super(context, input);
    }

    @Override
    protected AstNode and(boolean required) throws Scanner.ScanException, ParseException {
      AstNode v = not(required);
      while (v != null && getToken().getSymbol() == Symbol.AND) {
        consumeToken();
        v = createAstBinary(v, not(true), AND);
      }
      return v;
    }

    private AstNode not(boolean required) throws Scanner.ScanException, ParseException {
      if (getToken().getSymbol() == Symbol.NOT) {
        consumeToken();
        return createAstUnary(not(true), AstUnary.NOT);
      }
      return eq(required);
    }

    @Override
    protected AstParameters params(Symbol left, Symbol right)
        throws Scanner.ScanException, ParseException {
      consumeToken(left);
      List<AstNode> arguments = new ArrayList<>();
      while (getToken().getSymbol() != right) {
        if (!arguments.isEmpty()) {
          consumeToken(Symbol.COMMA);
          if (getToken().getSymbol() == right) {
            break;
          }
        }
        arguments.add(argument());
      }
      consumeToken(right);
      return createAstParameters(arguments);
    }

    private AstNode argument() throws Scanner.ScanException, ParseException {
      if (getToken().getSymbol() == Symbol.IDENTIFIER
          && lookahead(0) == NamedParameterOperator.TOKEN) {
        String name = consumeToken().getImage();
        consumeToken();
        return new AstNamedParameter(createAstIdentifier(name, -1), expr(true));
      }
      return expr(true);
    }

    @Override
    protected AstNode value() throws Scanner.ScanException, ParseException {
      boolean assignable = true;
      AstNode v = nonliteral();
      if (v == null) {
        assignable = false;
        v = literal();
      }
      while (v != null) {
        if (getToken().getSymbol() == Symbol.DOT) {
          consumeToken();
          v = called(createAstDot(v, consumeToken(Symbol.IDENTIFIER).getImage(), assignable));
        } else if (getToken().getSymbol() == Symbol.LBRACK) {
          v = subscript(v, assignable);
        } else if (isNext("|")) {
          v = filter(v);
        } else if (isNext("is")) {
          v = test(v);
        } else {
          return v;
        }
      }
      return null;
    }

    private AstNode called(AstProperty property) throws Scanner.ScanException, ParseException {
      return getToken().getSymbol() == Symbol.LPAREN
          ? createAstMethod(property, params())
          : property;
    }

    /** {@code [index]} or {@code [begin:end:step]}, each of which may be left out. */
    private AstNode subscript(AstNode base, boolean assignable)
        throws Scanner.ScanException, ParseException {
      consumeToken(Symbol.LBRACK);
      List<AstNode> bounds = new ArrayList<>();
      bounds.add(bound());
      while (getToken().getSymbol() == Symbol.COLON) {
        consumeToken();
        bounds.add(bound());
      }
      consumeToken(Symbol.RBRACK);
      if (bounds.size() == 1) {
        return called(createAstBracket(base, bounds.get(0), assignable, false));
      }
      return filter(base, PythonFilters.SLICE, bounds);
    }

    private AstNode bound() throws Scanner.ScanException, ParseException {
      AstNode v = expr(false);
      return v == null ? new AstNull() : v;
    }

    /** {@code is NAME}, {@code is not NAME}, with or without an argument. */
    private AstNode test(AstNode base) throws Scanner.ScanException, ParseException {
      consumeToken();
      boolean negated = getToken().getSymbol() == Symbol.NOT;
      if (negated) {
        consumeToken();
      }
      String name = consumeToken().getImage();
      requireKnown("test", name, Context::getExpTest);
      List<AstNode> arguments = new ArrayList<>(List.of(base, interpreter()));
      AstNode argument = super.value();
      if (argument != null) {
        arguments.add(argument);
      }
      return createAstMethod(
          createAstDot(
              identifier(EXPTEST_PREFIX + name), negated ? "evaluateNegated" : "evaluate", true),
          createAstParameters(arguments));
    }

    /** {@code | NAME}, with or without arguments. */
    private AstNode filter(AstNode base) throws Scanner.ScanException, ParseException {
      consumeToken();
      String name = consumeToken().getImage();
      requireKnown("filter", name, Context::getFilter);
      List<AstNode> arguments = new ArrayList<>();
      if (getToken().getSymbol() == Symbol.LPAREN) {
        AstParameters given = params();
        for (int i = 0; i < given.getCardinality(); i++) {
          arguments.add(given.getChild(i));
        }
      }
      return filter(base, name, arguments);
    }

    /** Jinjava takes what it does not know for nothing. */
    private static void requireKnown(
        String kind, String name, BiFunction<Context, String, Object> library) {
      if (library.apply(JinjavaInterpreter.getCurrent().getContext(), name) == null) {
        throw new ELException("there is no %s '%s'".formatted(kind, name));
      }
    }

    private AstNode filter(AstNode base, String name, List<AstNode> arguments) {
      List<AstNode> all = new ArrayList<>(List.of(base, interpreter()));
      all.addAll(arguments);
      return createAstMethod(
          createAstDot(identifier(FILTER_PREFIX + name), "filter", true), createAstParameters(all));
    }

    private boolean isNext(String image) {
      return image.equals(getToken().getImage());
    }
  }
}
