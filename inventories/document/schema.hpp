#pragma once
// The JSON Schemas (draft-07) of the documents, for editors and other tools. The product reads with its own readers;
// tests hold the two against each other.
#include <string_view>
#include <vector>

namespace breakwater {

/// The schema of a kind, as it stands in schema/; `kind` in any case, `Rollout` or `rollout`. Empty where there is
/// none.
std::string_view schema_text(std::string_view kind);

/// The kinds that have a schema, in lower case and in order.
std::vector<std::string_view> schema_kinds();

}  // namespace breakwater
