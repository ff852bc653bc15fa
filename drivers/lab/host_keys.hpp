#pragma once
// The keys of a Lab document that may stand in its defaults, in a group and at a host alike.
#include "drivers/lab/lab_config.hpp"
#include "inventories/document/object.hpp"

namespace breakwater::lab {

/// A host, as the layers read so far describe it.
struct HostLayers {
  HostConfig host;
  bool components_named =
      false;  ///< false: the host has the default components; the first layer that names some replaces them
};

/// Reads every such key of `object` into `layers`, over what earlier layers said.
void read_host_keys(Object& object, HostLayers& layers);

}  // namespace breakwater::lab
