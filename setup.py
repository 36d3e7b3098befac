"""What pyproject.toml has no words for: the one compiled part, which pipeline/read/many.py can do without."""

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension("pipeline.read._many", ["pipeline/read/_many.c"], py_limited_api=True, optional=True)
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},  # one wheel a system for this Python and all later
)
