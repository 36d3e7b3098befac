"""The exceptions that henkou raises; a doubt about one row is a `model.Problem`, not an exception."""


class HenkouError(Exception):
    """Base of all errors that henkou raises on purpose."""


class FilingError(HenkouError):
    """A file that cannot be read as a filing. The message names the file and says what to do."""

    def __init__(self, source_path: str, what: str, remedy: str) -> None:
        super().__init__(f"{source_path}: {what}. {remedy}")
        self.source_path, self.what, self.remedy = source_path, what, remedy

    def __reduce__(self) -> tuple[type, tuple[str, str, str]]:
        return type(self), (self.source_path, self.what, self.remedy)


class UnseenError(FilingError):
    """A file of pictures alone, and no OCR engine that reads them."""


class NotAFiling(FilingError):
    """A text file without a change table's header or rows: no filing at all, only worth a notice."""


class UsageError(HenkouError):
    """Wrong arguments, no filing in RAW, or OUT in use by another run (exit status 2)."""


class StoreError(HenkouError):
    """OUT cannot be written; the old dataset is intact (exit status 3)."""


class PageError(HenkouError):
    """One page of a PDF that cannot be read; the other pages can."""

    def __init__(self, number: int) -> None:
        super().__init__(f"page {number} cannot be read")
        self.number = number

    def __reduce__(self) -> tuple[type, tuple[int]]:
        return type(self), (self.number,)


class PictureError(PageError):
    """A page that is only a picture, and no engine to read it."""

    def __init__(self, number: int, remedy: str) -> None:
        super().__init__(number)
        self.remedy = remedy

    def __reduce__(self) -> tuple[type, tuple[int, str]]:  # type: ignore[override]
        return type(self), (self.number, self.remedy)
