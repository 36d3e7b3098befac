"""What pyproject.toml has no words for: the compiled part, pipeline/compiled, which henkou can do without."""

import os
from pathlib import Path

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "pipeline.compiled._loops",
            sorted(map(str, Path("pipeline/compiled").glob("*.c"))),
            depends=sorted(map(str, Path("pipeline/compiled").glob("*.h"))),
            # Multiplying and adding in one step rounds otherwise than numpy does, on machines that can.
            extra_compile_args=[] if os.name == "nt" else ["-ffp-contract=off"],
            py_limited_api=True,
            optional=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},  # one wheel a system for this Python and all later
)
