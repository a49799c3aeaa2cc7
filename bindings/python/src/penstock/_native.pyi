from typing import Any

ffi: Any
lib: Any

def track(
    client: int,
    flow: int,
    kind: int,
    name: str | None,
    page_id: str | None,
    record_id: str | None,
    fields: dict[str, Any],
    /,
) -> tuple[int, str] | None: ...
