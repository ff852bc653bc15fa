#pragma once
// Result<T, E>: a value or a typed reason. std::expected of C++23 under one alias, from tl::expected until then.
#include <tl/expected.hpp>

namespace breakwater {

template <class T, class E>
using Result = tl::expected<T, E>;

/// Makes the failing side of a Result: `return fail(Diagnostic{...});`
template <class E>
constexpr auto fail(E&& error) {
  return tl::unexpected<std::decay_t<E>>(std::forward<E>(error));
}

}  // namespace breakwater
