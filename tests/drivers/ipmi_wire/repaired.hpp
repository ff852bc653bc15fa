#pragma once
// Makes the checksums of changed bytes right again, so that what lies behind them is reached.
#include "drivers/ipmi/wire/bytes.hpp"

namespace breakwater::ipmi::golden {

/// Both checksums of an IPMI message.
void repair_message(Bytes& message);

/// Those of a FRU memory's common header and of each area that it names.
void repair_fru(Bytes& memory);

/// Those of an HPM.1 image's header and first action, and the MD5 at its end.
void repair_image(Bytes& file);

}  // namespace breakwater::ipmi::golden
