// SPDX-License-Identifier: BSL-1.0
// The statement that asks a server for types that are not built in, all that are needed at once.
#pragma once

#include <pgcoro/detail/request.hpp>

#include <functional>
#include <vector>

namespace pgcoro::wire {

/// A request like any other, but of the session's own. Asks for types by name and by number, and learns about all that these
/// are made of, too: elements, attributes, base types, subtypes. Asks what objects are called, if there are any to ask for.
class type_lookup final : public detail::request {
public:
    explicit type_lookup(std::function<void()> finished);

    /// Begins anew. A name the server does not know is not an error.
    void ask(const detail::wanted_types& wanted);

    /// What came of it, once it is finished.
    std::vector<detail::user_type> take_types() noexcept { return std::move(types_); }
    std::vector<detail::named_object> take_objects() noexcept { return std::move(objects_); }

    bool consume(std::size_t step, detail::result_handle& r, const detail::type_catalogue_ptr& types) override;
    void rewind() noexcept override {
        types_.clear();
        objects_.clear();
    }
    void finish() override { finished_(); }
    void abandon() override {}
    void drop() noexcept override {}

private:
    const detail::statement_text& text_of(std::size_t step) const noexcept override;
    const parameters& values_of(std::size_t step) const noexcept override;
    bool is_about_types(std::size_t step) const noexcept { return asks_types_ && step == 0; }

    detail::statement_text types_text_;
    parameters types_values_;
    detail::statement_text objects_text_;
    parameters objects_values_;
    bool asks_types_ = false;
    std::vector<detail::user_type> types_;
    std::vector<detail::named_object> objects_;
    std::function<void()> finished_;
};

} // namespace pgcoro::wire
