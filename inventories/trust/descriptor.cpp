#include "inventories/trust/descriptor.hpp"

#include <unistd.h>

namespace breakwater {

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace breakwater
