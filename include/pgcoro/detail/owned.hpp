// SPDX-License-Identifier: BSL-1.0
// A `std::unique_ptr` that is quick to compile: that of libstdc++ takes GCC about 10 ms for each type it points to, and a
// program's first query would need ten of them.
#pragma once

#include <cstddef>
#include <type_traits>

namespace pgcoro::detail {

struct plain_delete {
    template <class T>
    void operator()(T* object) const noexcept {
        delete object;
    }
};

template <class T, class Delete = plain_delete>
class owned {
public:
    owned() noexcept = default;
    owned(std::nullptr_t) noexcept {}
    explicit owned(T* object) noexcept : object_(object) {}
    owned(owned&& other) noexcept : object_(other.release()) {}
    owned& operator=(owned&& other) noexcept {
        reset(other.release());
        return *this;
    }
    ~owned() {
        if (object_) {
            Delete()(object_);
        }
    }

    T* get() const noexcept { return object_; }
    T* operator->() const noexcept { return object_; }
    std::add_lvalue_reference_t<T> operator*() const noexcept { return *object_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }

    T* release() noexcept {
        T* object = object_;
        object_ = nullptr;
        return object;
    }
    void reset(T* object = nullptr) noexcept {
        T* before = object_;
        object_ = object;
        if (before) {
            Delete()(before);
        }
    }

private:
    T* object_ = nullptr;
};

} // namespace pgcoro::detail
