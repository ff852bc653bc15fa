"""Every switch over an enum of ours names its values, and the check that says so can tell."""
import pathlib
import unittest

import switches

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

    def test_over_numbers_letters_and_enums_of_libraries_it_is_let_through(self):
        for label in ["case EMFILE:", "case 3:", "case '&':", "case kTimedOut:", "case ipmi::kTimedOut:",
                      "case http::verb::get:"]:
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


if __name__ == "__main__":
    unittest.main()
