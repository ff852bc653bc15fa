"""What g++ 12.2 miscompiles inside a co_await expression: aggregate temporaries, also empty ones and one that
`?:` chooses, and lambdas with captures.

The compiler destroys such a temporary twice, or too early, without a word; AddressSanitizer sees it only where a test
happens to pass by. So the expression, up to the end of its statement, holds named objects only.
"""
import pathlib
import re

import cpp_text
import includes

AWAIT = re.compile(r"\bco_await\b")
BRACES = re.compile(r"(?:[\w>]\s*|[(,]\s*)\{")          # Type{...}, Type<T>{...}, f({...})
CAPTURE = re.compile(r"(?<![\w)\]\s])\s*\[(?!\[)(?:[^\[\]]|\[[^\[\]]*\])+\]\s*(?=[({<]|mutable\b)")

# A type of ours, which begins with a capital, is called: a ? *b : Type(), a ? Type() : b, f(Type())
MADE = r"(?:\w+\s*::\s*)*[A-Z]\w*(?:<[^;(){}]*>)?\s*\("
CHOICE = re.compile(rf"\?(?:(?:[^?:]|::)*[^?:]:)?\s*{MADE}")
EMPTY = re.compile(rf"(?<![\w.:>]){MADE}\s*\)")


def expression_from(text, begin):
    """From `begin` to the `;`, `,` or bracket that ends the expression around it."""
    depth = 0
    for at in range(begin, len(text)):
        letter = text[at]
        if letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
            if depth < 0:
                return text[begin:at]
        elif letter == ";" and depth == 0:
            return text[begin:at]
    return text[begin:]


def violations_in(text):
    """(line, what) of each co_await expression that breaks a rule."""
    text = cpp_text.blanked(text)
    found = []
    for match in AWAIT.finditer(text):
        expression = expression_from(text, match.end())
        if CAPTURE.search(expression):
            found.append((cpp_text.line_of(text, match.start()), "a lambda with captures"))
        elif BRACES.search(expression):
            found.append((cpp_text.line_of(text, match.start()), "a temporary made with braces"))
        elif CHOICE.search(expression):
            found.append((cpp_text.line_of(text, match.start()), "a temporary chosen by `?:`"))
        elif EMPTY.search(expression):
            found.append((cpp_text.line_of(text, match.start()), "an empty temporary"))
    return found


def violations(root):
    root = pathlib.Path(root)
    return [f"{path}:{line}: {what} inside a co_await expression; give it a name on the line before"
            for path in includes.sources(root, with_tests=True)
            for line, what in violations_in((root / path).read_text(encoding="utf-8"))]
