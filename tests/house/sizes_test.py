"""Files and functions are short enough to be read, and the check that says so can tell."""
import pathlib
import unittest

import sizes
from planted import house

ROOT = pathlib.Path(__file__).resolve().parents[2]


def function(lines, head="int f(int a)"):
    return f"{head} {{\n" + "  a++;\n" * (lines - 2) + "}\n"


class Sizes(unittest.TestCase):
    def test_the_tree_holds_them(self):
        self.assertEqual([], sizes.violations(ROOT))

    def test_what_is_read_first_stays_short(self):
        self.assertEqual([], sizes.reading_list(ROOT))

    def test_a_reading_list_that_grew_is_found(self):
        first = {path: "int a;\n" * 200 for path in sizes.READ_FIRST}
        fold = {"orchestrator/core/fold.cpp": "int a;\n" * 700, "orchestrator/core/fold_runs.cpp": "int a;\n" * 250}
        cases = [
            (first | fold, []),
            (first | {"orchestrator/conductor.cpp": "int a;\n" * 201},
             ["the files to read first: 801 lines, 800 are the most"]),
            (first | fold | {"orchestrator/core/fold_soak.cpp": "int a;\n"},
             ["these with all of the fold: 1751 lines, 1750 are the most"]),
        ]
        for files, found in cases:
            with self.subTest(found=found), house(files) as root:
                self.assertEqual(found, sizes.reading_list(root))

    def test_a_long_file_is_found(self):
        with house({"policies/waves.cpp": "int a;\n" * 401, "policies/limits.cpp": "int a;\n" * 400}) as root:
            self.assertEqual(["policies/waves.cpp: 401 lines, 400 are the most"], sizes.violations(root))

    def test_a_long_function_is_found_whatever_its_head(self):
        for head in ["int f(int a)", "auto f(int a) -> std::vector<int>", "int C::f(int a) const noexcept",
                     "C::C(int a) : a_(a), b_{2}", "TEST(Case, name)", "bool operator()(int a) const",
                     "void f(T a) requires Number<T>", "void f(T a) requires (A<T>) || B<T>",
                     "void f(T a) noexcept requires requires(T b) { b.x(); }",
                     "template <class T> requires requires { T(); } void f(T a)",
                     "int f(int a) try", "C::C(int a) try : a_{a}", "C::C(int a) try : a_(a)",
                     "int f(int a) [[gnu::cold]]", "int f(int a) const [[gnu::cold, gnu::noinline]]",
                     "int f(int a) __attribute__((cold))", "int C::f(int a) const&", "int C::f(int a) &&",
                     "int C::f(int a) volatile noexcept", "const auto f = [](int a) mutable", "const auto f = [&g]"]:
            with self.subTest(head=head):
                text = "namespace n {\nstruct Other { int a = 0; };\n" + function(71, head) + function(70, head) + "}\n"
                self.assertEqual(["a.cpp:3: a function of 71 lines, 70 are the most"],
                                 sizes.violations_in("a.cpp", text))

    def test_a_method_inside_a_class_is_found(self):
        text = "class C {\n public:\n" + function(80, "void f() override") + "};\n"
        self.assertEqual(["a.cpp:3: a function of 80 lines, 70 are the most"], sizes.violations_in("a.cpp", text))

    def test_a_function_that_catches_is_one_with_its_handlers(self):
        text = function(40, "int f() try").rstrip("\n") + " catch (const A&) {\n" + "  b();\n" * 40 + "}\n"
        self.assertEqual(["a.cpp:1: a function of 81 lines, 70 are the most"], sizes.violations_in("a.cpp", text))

    def test_a_concept_is_no_function(self):
        text = "template <class T>\nconcept C = requires(T a) {\n" + "  a.x();\n" * 80 + "};\n"
        self.assertEqual([], sizes.violations_in("a.cpp", text))

    def test_a_table_is_no_function(self):
        rows = "    {1, 2},\n" * 90
        for text in ["constexpr std::array t = std::to_array<T>({\n" + rows + "});\n",
                     "const T t[] = {\n" + rows + "};\n"]:
            self.assertEqual([], sizes.violations_in("a.cpp", text))

    def test_braces_in_text_and_comments_do_not_count(self):
        text = 'int f() {\n  g("}{", \'{\', R"({{)");  // }\n  return 8\'192;\n}\n' + function(71)
        self.assertEqual(["a.cpp:5: a function of 71 lines, 70 are the most"], sizes.violations_in("a.cpp", text))


if __name__ == "__main__":
    unittest.main()
