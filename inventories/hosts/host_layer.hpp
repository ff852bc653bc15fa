#pragma once
// What one part of an Inventory says about a host: the defaults, a group, or the host itself. Layers are merged key by
// key.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inventories/document/object.hpp"
#include "inventories/hosts/host.hpp"

namespace breakwater {

/// A value and the place where it stands.
template <class T>
struct Stated {
  T value;
  Position at;
  std::string path;
};

enum class LayerKind { defaults, group, host };

struct HostLayer {
  std::map<std::string, Stated<std::string>> labels;
  std::optional<Stated<std::string>> time_zone;
  std::optional<Stated<Hold>> hold;
  std::optional<Stated<std::string>> serial;
  std::optional<Stated<std::string>> uuid;
  std::optional<Stated<std::string>> address;        ///< as written, placeholders included
  std::optional<Stated<std::string>> first_address;  ///< of a group: its hosts count up from here
  std::optional<Stated<std::string>> credentials;    ///< a reference with an absolute path, placeholders included
  std::optional<Stated<TlsPolicy>> tls;
  std::optional<Stated<std::vector<Driver>>> drivers;
  std::optional<Stated<IpmiEndpoint>> ipmi;
  std::optional<Stated<BmcTimeouts>> timeouts;
};

/// Reads every key of `object` that a layer of this kind may have; the caller calls finish().
HostLayer read_layer(Object& object, LayerKind kind, const std::string& directory);

/// `text` with every `$(host.name)` replaced.
std::string fill_in(std::string text, const std::string& host_name);

}  // namespace breakwater
