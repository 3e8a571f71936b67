"""The HTTP edge: routes, admission, errors, streams. The only room that knows status codes' way onto the wire."""
