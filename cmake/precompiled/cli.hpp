// Precompiled for the terminal's face.
#pragma once
#include "std.hpp"
// std.hpp first
#include <CLI/CLI.hpp>
