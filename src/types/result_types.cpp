// SPDX-License-Identifier: BSL-1.0
// Which types a result holds that are not built in, and which objects its values of regclass and the like stand for. Its
// columns say most of the types; what is in anonymous records only their values say, and those of composites may say more than
// is known of the type.
#include <pgcoro/detail/array_format.hpp>
#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/detail/composite_format.hpp>
#include <pgcoro/detail/row_plan.hpp>
#include <pgcoro/types/identifiers.hpp>

#include <algorithm>
#include <cstdint>

namespace pgcoro::detail {
namespace {

constexpr int format_of_text = 0;

// A server that means harm must not make us recurse or remember without end. No real result comes near.
constexpr int most_levels = 64;
constexpr std::size_t most_types = 4096;

class types_of_result {
public:
    explicit types_of_result(result_view result) : types_(result.types()) {
        for (int column = 0, columns = result.columns(); column < columns; ++column) {
            const auto type = result.column_type(column);
            note(type);
            if (holds_values(type) && result.column_format(column) != format_of_text) {
                look_into(result, column, type);
            }
        }
        std::ranges::sort(objects_);
        const auto repeated = std::ranges::unique(objects_);
        objects_.erase(repeated.begin(), repeated.end());
    }

    const std::vector<oid_number>& found() const noexcept { return found_; }
    const std::vector<object_key>& objects() const noexcept { return objects_; }

private:
    void note(oid_number type) {
        if (type == oids::unspecified || is_built_in(type)) {
            return;
        }
        const auto at = std::ranges::lower_bound(found_, type);
        if ((at == found_.end() || *at != type) && found_.size() < most_types) {
            found_.insert(at, type);
        }
    }

    bool is_composite(oid_number type) const noexcept {
        const auto* const known = types_.find(type);
        return type == oids::record || (known && known->kind == 'c');
    }

    void note_object(oid_number type, value_bytes bytes) {
        if (bytes.size() == sizeof(std::uint32_t)) {
            if (const auto object = load_big_endian<std::uint32_t>(bytes.data()); object != 0) {
                objects_.push_back({type, object});
            }
        }
    }

    /// Its values hold others whose types they name, or stand for objects.
    bool holds_values(oid_number type) const noexcept {
        type = types_.base(type);
        if (is_composite(type) || stands_for_name(type) || type == oids::anyarray) {
            return true;
        }
        const auto element = types_.element(type);
        return element != oids::unspecified && !is_plain(element);
    }

    void look_into(result_view result, int column, oid_number type) {
        for (int row = 0, rows = result.rows(); row < rows; ++row) {
            if (const auto cell = result.cell(row, column); !cell.is_null()) {
                look_into(type, cell.bytes(), most_levels);
            }
        }
    }

    void look_into(oid_number type, value_bytes bytes, int levels) {
        if (levels == 0 || !holds_values(type)) {
            return;
        }
        const auto made_of = types_.base(type);
        if (stands_for_name(made_of)) {
            note_object(made_of, bytes);
        } else if (is_composite(made_of)) {
            look_into_composite(bytes, levels - 1);
        } else {
            look_into_array(bytes, levels - 1);
        }
    }

    void look_into_composite(value_bytes bytes, int levels) {
        constexpr std::size_t header = sizeof(std::uint32_t);
        if (bytes.size() < header) {
            return;
        }
        composite_reader reader(bytes);
        static_cast<void>(reader.open(load_big_endian<std::uint32_t>(bytes.data())));
        for (composite_reader::field field; reader.next(field);) {
            note(field.type);
            if (!field.is_null) {
                look_into(field.type, field.bytes, levels);
            }
        }
    }

    void look_into_array(value_bytes bytes, int levels) {
        array_reader reader(bytes);
        if (!reader.open()) {
            return;
        }
        const auto type = reader.element_type();
        note(type);
        if (!holds_values(type)) {
            return;
        }
        value_bytes element;
        bool is_null = false;
        for (std::size_t i = 0; i < reader.size() && reader.next(element, is_null); ++i) {
            if (!is_null) {
                look_into(type, element, levels);
            }
        }
    }

    const type_catalogue& types_;
    std::vector<oid_number> found_; // in order
    std::vector<object_key> objects_;
};

} // namespace

bool has_unknown_types(result_view result) {
    bool all_plain = true;
    for (int column = 0, columns = result.columns(); column < columns; ++column) {
        all_plain = all_plain && is_plain(result.column_type(column));
    }
    if (all_plain) [[likely]] {
        return false;
    }
    const types_of_result types(result);
    const type_catalogue& known = result.types();
    return std::ranges::any_of(types.found(), [&](oid_number type) { return !known.knows(type); }) ||
           std::ranges::any_of(types.objects(), [&](object_key object) { return !known.name_of(object); });
}

void append_types(result_view result, wanted_types& out) {
    const types_of_result types(result);
    out.numbers.insert(out.numbers.end(), types.found().begin(), types.found().end());
    out.objects.insert(out.objects.end(), types.objects().begin(), types.objects().end());
}

void append_types(result_view result, std::vector<oid_number>& out) {
    const types_of_result types(result);
    out.insert(out.end(), types.found().begin(), types.found().end());
}

} // namespace pgcoro::detail
