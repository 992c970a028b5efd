"""The side of the site that browsers talk to: routes, middleware, Reflex states, push, components, pages."""
