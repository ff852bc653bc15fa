#pragma once
// What the process asks of the system, and who runs it.
#include <string>

namespace breakwater::cli {

/// No core dumps, since memory holds passwords; as many open files as the system allows, since a BMC takes one; and a
/// file that may not grow is an error of the write, not the process's end.
void harden_process();

/// Who asks: the user's name at this machine, `lena@bastion`.
std::string operator_name();

}  // namespace breakwater::cli
