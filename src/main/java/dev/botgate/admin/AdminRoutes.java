package dev.botgate.admin;

import io.vertx.ext.web.Router;

/** A group of routes of the operator's listener. */
@FunctionalInterface
public interface AdminRoutes {
    void mount(Router router);
}
