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

    def test_a_long_file_is_found(self):
        with house({"policies/waves.cpp": "int a;\n" * 401, "policies/limits.cpp": "int a;\n" * 400}) as root:
            self.assertEqual(["policies/waves.cpp: 401 lines, 400 are the most"], sizes.violations(root))

    def test_a_long_function_is_found_whatever_its_head(self):
        for head in ["int f(int a)", "auto f(int a) -> std::vector<int>", "int C::f(int a) const noexcept",
                     "C::C(int a) : a_(a), b_{2}", "TEST(Case, name)", "bool operator()(int a) const"]:
            with self.subTest(head=head):
                text = "namespace n {\nstruct Other { int a = 0; };\n" + function(71, head) + function(70, head) + "}\n"
                self.assertEqual(["a.cpp:3: a function of 71 lines, 70 are the most"], sizes.violations_in("a.cpp", text))

    def test_a_method_inside_a_class_is_found(self):
        text = "class C {\n public:\n" + function(80, "void f() override") + "};\n"
        self.assertEqual(["a.cpp:3: a function of 80 lines, 70 are the most"], sizes.violations_in("a.cpp", text))

    def test_a_table_is_no_function(self):
        rows = "    {1, 2},\n" * 90
        for text in ["constexpr std::array t = std::to_array<T>({\n" + rows + "});\n", "const T t[] = {\n" + rows + "};\n"]:
            self.assertEqual([], sizes.violations_in("a.cpp", text))

    def test_braces_in_text_and_comments_do_not_count(self):
        text = 'int f() {\n  g("}{", \'{\', R"({{)");  // }\n  return 8\'192;\n}\n' + function(71)
        self.assertEqual(["a.cpp:5: a function of 71 lines, 70 are the most"], sizes.violations_in("a.cpp", text))


if __name__ == "__main__":
    unittest.main()
