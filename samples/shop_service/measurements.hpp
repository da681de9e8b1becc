// SPDX-License-Identifier: BSL-1.0
// What pgcoro::prometheus measures, where that component is there: prometheus-cpp is not needed to build the service.
#pragma once

#include <pgcoro/observer.hpp>

#include <memory>
#include <string>

#ifdef SHOP_WITH_PROMETHEUS
#include <pgcoro/prometheus/metrics.hpp>
#endif

namespace shop {

#ifdef SHOP_WITH_PROMETHEUS

class measurements {
public:
    std::shared_ptr<pgcoro::observer> observer() const { return metrics_; }
    std::string text() const { return metrics_->text(); }

private:
    std::shared_ptr<pgcoro::prometheus::metrics> metrics_ = std::make_shared<pgcoro::prometheus::metrics>();
};

#else

class measurements {
public:
    std::shared_ptr<pgcoro::observer> observer() const { return std::make_shared<pgcoro::observer>(); }
    std::string text() const { return {}; }
};

#endif

} // namespace shop
