"""What OpenAPI cannot say of the API."""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    """`within` needs `near`; a description has no word for one parameter that needs another."""
    if "within" in (case.query or {}) and not case.query.get("near"):
        case.query["near"] = "Lyon"
    # Whoever waits for changes that never come is not tried for as long as that may last.
    wait = str((case.query or {}).get("wait", ""))
    if wait.isdecimal() and 1 < int(wait) <= 30:
        case.query["wait"] = 1
