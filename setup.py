"""What pyproject.toml has no words for: the compiled part, pipeline/compiled, which henkou can do without."""

from pathlib import Path

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "pipeline.compiled._loops",
            sorted(map(str, Path("pipeline/compiled").glob("*.c"))),
            depends=["pipeline/compiled/loops.h"],
            py_limited_api=True,
            optional=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},  # one wheel a system for this Python and all later
)
