from .many import Buffer, Column

def many(
    function: int,
    arguments: tuple[int | Column, ...],
    room: Buffer | None,
    pointers: int,
    results: Buffer | None,
) -> None: ...
