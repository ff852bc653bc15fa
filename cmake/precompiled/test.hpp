// Precompiled for tests.
#pragma once
#include "std.hpp"
// std.hpp first
#include <gmock/gmock.h>
#include <gtest/gtest.h>
