"""Every switch over an enum of ours names its values, and the check that says so can tell."""
import pathlib
import unittest

import switches
from planted import house

ROOT = pathlib.Path(__file__).resolve().parents[2]


def switch(*labels):
    return "\n".join(["switch (value) {", *(f"  {label}\n    return 1;" for label in labels), "}", ""])


class TheHouse(unittest.TestCase):
    def test_no_switch_over_our_own_enums_has_a_default(self):
        self.assertEqual([], switches.violations(ROOT))


class Defaults(unittest.TestCase):
    def found(self, text):
        return switches.violations_in("a.cpp", text)

    def test_over_an_enum_of_ours_it_is_found(self):
        for label in ["case State::updated:", "case Fault::Kind::busy:", "case ipmi::RakpStatus::ok:",
                      "case State :: updated :"]:
            with self.subTest(label=label):
                self.assertEqual(["a.cpp:4: default: over our own enum", ], [
                    line.rpartition(" enum ")[0] + " enum" for line in self.found(switch(label, "default:"))])

    def test_nor_does_using_enum_or_a_number_hide_it(self):
        for text in [switch("case updated:", "default:"), switch("case rolling_back:\n  case updated:", "default:"),
                     switch("case static_cast<int>(State::updated):", "default:"),
                     switch("case std::to_underlying(State::updated):", "default:"),
                     switch("case int(State::updated):", "default:"),
                     switch("case 3:", "default:").replace("(value)", "(static_cast<int>(trip.state))"),
                     switch("case 3:", "default:").replace("(value)", "(static_cast<std::size_t>(trip.state))"),
                     switch("case 3:", "default:").replace("(value)", "(std::to_underlying(trip.state))"),
                     switch("case 3:", "default:").replace("(value)", "(int(trip.state))"),
                     switch("case 3:", "default:").replace("(value)", "((int)trip.state)")]:
            with self.subTest(text=text):
                self.assertEqual(1, len(self.found(text)))

    def test_nor_does_an_init_statement_hide_it(self):
        for head in ["(const T one = f(); one)", "(auto one = f(a, b); one.state)", "(const T one{f()}; one)"]:
            with self.subTest(head=head):
                text = switch("case State::updated:", "default:").replace("(value)", head)
                self.assertEqual(["a.cpp:4: default: over our own enum State: name its other values"], self.found(text))
                self.assertEqual([], self.found(switch("case 3:", "default:").replace("(value)", head)))
        text = switch("case 3:", "default:").replace("(value)", "(const T one = f(); int(one.state))")
        self.assertEqual(1, len(self.found(text)))

    def test_over_numbers_letters_and_enums_of_libraries_it_is_let_through(self):
        for label in ["case EMFILE:", "case 3:", "case '&':", "case kTimedOut:", "case ipmi::kTimedOut:",
                      "case http::verb::get:", "case X509_V_OK:", "case 0x1f:"]:
            with self.subTest(label=label):
                self.assertEqual([], self.found(switch(label, "default:")))

    def test_a_switch_within_another_is_judged_by_its_own_cases(self):
        inner = "{\n" + switch("case 3:", "default:") + "}"
        self.assertEqual([], self.found(switch("case State::updated:\n" + inner)))
        inner = "{\n" + switch("case State::updated:", "default:") + "}"
        self.assertEqual(1, len(self.found(switch("case 3:\n" + inner, "default:"))))

    def test_the_word_elsewhere_is_none(self):
        self.assertEqual([], self.found("State() = default;\n// case State::a: default:\n" +
                                        switch("case State::updated:")))


EVENTS = {"orchestrator/core/event.hpp": "using Event =\n    std::variant<RolloutStarted, GateJudged>;\n"}


class CatchAlls(unittest.TestCase):
    def found(self, text):
        with house(EVENTS | {"orchestrator/core/fold.cpp": text}) as root:
            return switches.violations(root)

    def test_a_template_beside_those_that_take_an_event_is_found(self):
        for other in ["template <class E>\nvoid Fleet::take(const E&) {}", "void Fleet::take(const auto&) {}",
                      "void Fleet::take(auto&& event) {}", "void take(...) {}",
                      "template <typename... E> void take(E&&...);",
                      "template <class E>\nvoid take(E event);", "void Fleet::take(const Event&) {}"]:
            with self.subTest(other=other):
                found = self.found("void Fleet::take(const GateJudged& event) {\n}\n" + other + "\n")
                self.assertEqual(["orchestrator/core/fold.cpp:3: take() takes any event: "
                                  "name the events that it takes"],
                                 [line.replace(":4:", ":3:") for line in found])

    def test_a_lambda_for_the_rest_is_found(self):
        for other in ["[](const auto&) {}", "[&one](auto&&) { one(); }", "[](auto) {}", "[](...) {}"]:
            with self.subTest(other=other):
                found = self.found("std::visit(Either{[](const GateJudged& event) { f(event); }, " + other
                                   + "}, event);\n")
                self.assertEqual(["orchestrator/core/fold.cpp:1: a lambda takes any event: "
                                  "name the events that it takes"],
                                 found)

    def test_in_the_core_a_visit_that_takes_any_event_is_found(self):
        for visitor in ["[](const auto&) { return true; }", "[&](const auto& one) { count(one); }",
                        "[]<class E>(const E& one) {\n  if constexpr (is_good<E>) f();\n}", "[](auto&& one) { f(); }"]:
            with self.subTest(visitor=visitor):
                found = self.found("void take(const GateJudged&);\nvoid f() { std::visit(" + visitor + ", e); }\n")
                self.assertEqual(["orchestrator/core/fold.cpp:2: a visit takes any event: "
                                  "visit them with a function for each"], found)

    def test_in_the_core_an_event_that_is_picked_out_is_found(self):
        for line in ["if (auto* one = std::get_if<GateJudged>(&event)) f();", "auto one = std::get<GateJudged>(event);",
                     "bool is = std::holds_alternative< breakwater::GateJudged >(event);"]:
            with self.subTest(line=line):
                self.assertEqual(["orchestrator/core/fold.cpp:1: GateJudged is picked out of the events: "
                                  "visit them with a function for each"], self.found(line + "\n"))
        self.assertEqual([], self.found("auto one = std::get<Other>(either);\n"))

    def test_what_hands_an_event_on_is_let_through(self):
        for text in ["void take(const GateJudged&);\nvoid f() { std::visit([](const auto& one) { take(one); }, e); }\n",
                     "void take(const GateJudged& one);\ntemplate <class T>\nvoid keep(const T&);\n",
                     "void take(const GateJudged& one) {\n"
                     "  std::any_of(a, b, [](const auto& two) { return two; });\n}\n"]:
            with self.subTest(text=text):
                self.assertEqual([], self.found(text))

    def test_every_event_of_the_house_is_known(self):
        self.assertIn("CommandEnded", switches.events(ROOT))
        self.assertGreater(len(switches.events(ROOT)), 8)


if __name__ == "__main__":
    unittest.main()
