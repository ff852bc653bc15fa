set(BREAKWATER_UNIT_FILES 8 CACHE STRING
  "Sources that compile together; 1 gives each its own place in compile_commands.json")

# breakwater_units(INTO source...): sets INTO to a list of translation units that include the sources, spread evenly.
# Sources that need the same templates compile together in half of the time or less. A unit names its sources from the
# project's root, so that one clone's compiler cache serves another.
function(breakwater_units into)
  list(LENGTH ARGN count)
  math(EXPR units "(${count} + ${BREAKWATER_UNIT_FILES} - 1) / ${BREAKWATER_UNIT_FILES}")
  if(units EQUAL count)
    set(${into} ${ARGN} PARENT_SCOPE)
    return()
  endif()
  set(files "")
  foreach(unit RANGE 1 ${units})
    math(EXPR begin "(${unit} - 1) * ${count} / ${units}")
    math(EXPR length "${unit} * ${count} / ${units} - ${begin}")
    list(SUBLIST ARGN ${begin} ${length} members)
    list(TRANSFORM members REPLACE "^${PROJECT_SOURCE_DIR}/(.*)$" "#include \"\\1\"\n")
    string(JOIN "" text ${members})
    set(file ${CMAKE_CURRENT_BINARY_DIR}/unit_${unit}.cpp)
    file(GENERATE OUTPUT ${file} CONTENT "${text}")
    list(APPEND files ${file})
  endforeach()
  set(${into} ${files} PARENT_SCOPE)
endfunction()
