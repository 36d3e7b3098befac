"""henkou: the change tables (変更箇所) of Japan's My Number privacy assessments, as data."""

__version__ = "0.1.0"
