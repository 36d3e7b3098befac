"""What comes of one filing: a `Reading` of its bytes, and the `Filing` once its path has added to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .model import Cover

if TYPE_CHECKING:
    import pyarrow as pa
    from PIL.Image import Image


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a file's bytes give, before its path adds to it: the unit that is cached between runs.

    The tables have the columns of `schema` for changes, repairs, problems and cells; columns that
    need the path or the body (source_path, municipality, change_id …) are null until `place.place`.
    """

    facts: dict[str, Any]
    """Columns of the `filings` table that the bytes determine."""
    cover: Cover
    changes: pa.Table
    repairs: pa.Table
    problems: pa.Table
    cells: pa.Table


@dataclass(frozen=True, slots=True, eq=False)
class Filing:
    """One filing's complete result."""

    facts: dict[str, Any]
    """The filing's row of the `filings` table."""
    tables: dict[str, pa.Table] = field(repr=False)
    """changes, repairs, problems and cells, with the columns of `schema`."""
    path: str | None = field(default=None, repr=False)
    """Where the file is, for pictures of its pages."""

    @property
    def metadata(self) -> Record:
        return Record(self.facts)

    @property
    def changes(self) -> tuple[Record, ...]:
        return self._records("changes")

    @property
    def problems(self) -> tuple[Record, ...]:
        return self._records("problems")

    @property
    def repairs(self) -> tuple[Record, ...]:
        return self._records("repairs")

    @property
    def cells(self) -> tuple[Record, ...]:
        return self._records("cells")

    def to_pandas(self) -> Any:
        """The changes as a DataFrame with the dtypes of `pipeline.load`."""
        from .schema import to_pandas

        return to_pandas(self.tables["changes"])

    def picture(self, page: int | None = None) -> Image:
        """The picture of a page (default: the table's first) with what was seen on it."""
        from .review.notebook import picture

        return picture(self, page)

    def _repr_html_(self) -> str:
        from .review.notebook import html

        return html(self)

    def _records(self, table: str) -> tuple[Record, ...]:
        return tuple(Record(row) for row in self.tables[table].to_pylist())


class Record(dict[str, Any]):
    """One row of a table; columns as keys and as attributes: `change["item_code"]`, `change.item_code`."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self) -> Iterator[str]:  # completion in notebooks
        return iter([*super().__dir__(), *self])
