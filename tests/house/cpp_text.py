"""C++ source as these checks read it: comments and the insides of literals blanked, every line where it was."""
import re

TOKEN = re.compile(
    r'(?P<raw>R"(?P<mark>[^\s()\\]{0,16})\((?:.|\n)*?\)(?P=mark)")'
    r'|(?P<line>//(?:\\\n|[^\n])*)'
    r'|(?P<block>/\*(?:.|\n)*?\*/)'
    r'|(?P<text>"(?:\\.|[^"\\\n])*")'
    r"|(?P<letter>(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+')")


def blanked(text):
    def blank(match):
        whole = match.group(0)
        inside = re.sub(r"[^\n]", " ", whole)
        if match.lastgroup in ("line", "block"):
            return inside
        return '"' + inside[1:-1] + '"' if len(inside) >= 2 else inside
    return TOKEN.sub(blank, text)


def line_of(text, at):
    return text.count("\n", 0, at) + 1
