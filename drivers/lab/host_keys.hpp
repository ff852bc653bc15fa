#pragma once
// The keys of a Lab document that may stand in its defaults, in a group and at a host alike.
#include "drivers/lab/lab_config.hpp"
#include "inventories/document/object.hpp"

namespace breakwater::lab {

/// A host as the layers so far make it.
struct HostLayers {
  HostConfig host;
  bool components_named = false;  ///< false: the host has the default components, which the first layer replaces
};

/// Asks `object` for every such key and lays what it says over `layers`.
void read_host_keys(Object& object, HostLayers& layers);

}  // namespace breakwater::lab
