"""No co_await expression holds what g++ 12.2 miscompiles, and the check that says so can tell."""
import pathlib
import unittest

import coroutines
from planted import house

ROOT = pathlib.Path(__file__).resolve().parents[2]
BRACES = "a temporary made with braces"
CAPTURES = "a lambda with captures"
CHOICE = "a temporary chosen by `?:`"
EMPTY = "an empty temporary"


class Coroutines(unittest.TestCase):
    def test_the_product_is_clean(self):
        self.assertEqual([], coroutines.violations(ROOT))

    def test_what_is_broken_is_found(self):
        for text, what in [
                ("co_await f(Agg{s, T(s)});", BRACES),
                ("const auto r = co_await session.act(\n    Verb::post, Body{1},\n    step);", BRACES),
                ("co_return co_await f(std::vector<int>{1, 2});", BRACES),
                ("co_await f({a, b});", BRACES),
                ("co_await f(a, {});", BRACES),
                ("co_await [p]() -> awaitable<void> { co_return; }();", CAPTURES),
                ("co_await asio::co_spawn(ex, [&]() -> awaitable<void> { g(); co_return; }, use_awaitable);", CAPTURES),
                ("co_await asio::async_initiate<T, void()>(\n  [self](auto h) mutable { self->go(h); }, token);",
                 CAPTURES),
                ("co_await f(index, sent ? *sent : Receipt(), now);", CHOICE),
                ("co_await f(a ? Type() : b);", CHOICE),
                ("co_await f(a ? wire::Type(c) : b);", CHOICE),
                ("co_await f(one::a ? one::b : wire::Type());", CHOICE),
                ("co_await f(Options());", EMPTY),
                ("co_await f(a, wire::Options( ), b);", EMPTY),
                ("co_await f(Expected<int>());", EMPTY),
                ("co_await f([x = v[0]] { g(x); });", CAPTURES),
                ("co_await f(a, [x = v[i], &y](auto h) { h(x); });", CAPTURES),
                ("if (co_await f(Agg{1})) { g(); }", BRACES)]:
            with self.subTest(text=text):
                self.assertEqual([what],
                                 [found for _, found in coroutines.violations_in("void g() {\n" + text + "\n}")])

    def test_what_is_clean_is_let_through(self):
        for text in [
                "const Agg agg{s};\nco_await f(std::move(agg));",
                "co_await f(std::string(\"a{b}\"), row[index], rows()[2]);",
                "if (const auto r = co_await f(a); !r) { g(Agg{1}); }",
                "for (const auto& x : co_await list(a)) { g(Agg{x}); }",
                "auto named = [p](int) { return p; };\nco_await f(named);",
                "co_await async_initiate<T, void()>([](auto h, int a) { go(h, a); }, token, a);",
                "co_await f(fast ? end : within(timeouts().task));",
                "co_await f(fast ? one::end : one::within(Duration(1)));",
                "co_await f(std::clamp(left, Duration(0), pause), v[w[0]], options());",
                "const Options options = Options();\nco_await f(options);",
                "// co_await f(Agg{1});\nf(Agg{2});",
                "co_await timer.async_wait(use_awaitable);\nconst Agg agg{1};"]:
            with self.subTest(text=text):
                self.assertEqual([], coroutines.violations_in("void g() {\n" + text + "\n}"))

    def test_a_planted_line_is_named(self):
        with house({"drivers/redfish/push.cpp": "\n\nauto f() { co_await g(Agg{1}); }\n"}) as root:
            self.assertEqual(["drivers/redfish/push.cpp:3: a temporary made with braces inside a co_await expression; "
                              "give it a name on the line before"], coroutines.violations(root))


if __name__ == "__main__":
    unittest.main()
