"""Typed parameters: what a method or a dataset can be told, and how text becomes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from selfbench.errors import UsageError, did_you_mean


class Params(BaseModel):
    """Base of every parameter model: unknown keys are refused and values never change.

    Give each field a description and a bound: `x: int = Field(3, ge=1, description="...")`. Fields
    that may name a file or a folder belong into `path_fields`, with the words that name none: the
    key of a cell holds what is in there, not the path. Those of a dataset are left out of it, for
    its `frames_fingerprint` covers them.

    A model that builds on another one may give some of its fields other defaults:
    `defaults: ClassVar = {"x": 5}`.
    """

    path_fields: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    defaults: ClassVar[Mapping[str, Any]] = {}

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        super().__pydantic_init_subclass__(**options)
        if changed := cls.__dict__.get("defaults"):
            for name, value in changed.items():
                cls.model_fields[name].default = value
            cls.model_rebuild(force=True)


P = TypeVar("P", bound=Params)


def build(model: type[P], values: Mapping[str, Any], owner: str) -> P:
    """Build `model` from `values` (text from the command line is converted).

    Raises:
        UsageError: naming every wrong key or value of `owner`, all in one sentence.
    """
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        problems = [_problem(issue, model) for issue in error.errors()]
    raise UsageError(
        f"{owner}: {'; '.join(problems)} (`selfbench list {owner}` shows its parameters)."
    )


def _problem(issue: Any, model: type[Params]) -> str:
    name = ".".join(str(part) for part in issue["loc"])
    if issue["type"] == "extra_forbidden":
        hint = did_you_mean(name, model.model_fields).rstrip()
        return f"there is no parameter '{name}'.{hint}".rstrip(".")
    said = str(issue["msg"]).removeprefix("Value error, ")
    if not name:  # a check of several values together, which names them itself
        return said
    return f"{name}={issue['input']!r} is refused: {said[0].lower()}{said[1:]}".rstrip(".")


def parse_assignments(texts: list[str]) -> dict[str, str]:
    """Split `key=value` texts as typed behind `--set`; a later one wins.

    Raises:
        UsageError: for a text without `=` or without a key.
    """
    pairs = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"--set got '{text}', expected key=value, e.g. --set components=5.")
        pairs[key.strip()] = value.strip()
    return pairs
