#pragma once
// Owns what a C library allocated: `std::unique_ptr<X509, FreeBy<X509_free>>`.

namespace breakwater {

template <auto kFree>
struct FreeBy {
  template <class T>
  void operator()(T* value) const {
    kFree(value);
  }
};

}  // namespace breakwater
