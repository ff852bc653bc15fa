// The bodies of Asio and Beast: see breakwater_asio_flags in rooms.cmake.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
