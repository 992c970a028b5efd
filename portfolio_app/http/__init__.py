"""Everything a browser talks to: routes, middleware, Reflex states, push, components, pages."""
