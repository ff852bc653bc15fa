#include <exception>

#include "orchestrator/cli/command_line.hpp"
#include "orchestrator/cli/process.hpp"

int main(int argc, char** argv) {
  using namespace breakwater::cli;
  harden_process();
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const Console console = process_console(false);
  try {
    return static_cast<int>(run(arguments, console));
  } catch (const std::exception& unexpected) {
    console.error(std::string("unexpected: ") + unexpected.what());
    return static_cast<int>(Exit::failed);
  }
}
