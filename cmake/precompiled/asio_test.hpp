// Precompiled for tests of the drivers and of what runs on them.
#pragma once
#include "asio.hpp"
// asio.hpp first
#include <gmock/gmock.h>
#include <gtest/gtest.h>
