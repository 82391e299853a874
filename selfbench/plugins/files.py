"""Source files of plug-ins: where a module's lies, and how one that is not installed is run."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

FILE_MODULE = "selfbench_plugin_"  # starts the module name of a file given with `--plugin FILE`


def load_file(module: str, file: Path) -> Any:
    """Run the file of a plug-in as the module `module`."""
    spec = importlib.util.spec_from_file_location(module, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python file")
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[module] = loaded
    # As for a script, files beside it can be imported.
    if str(file.resolve().parent) not in sys.path:
        sys.path.append(str(file.resolve().parent))
    try:
        spec.loader.exec_module(loaded)
    except BaseException:
        del sys.modules[module]  # half a module is none
        raise
    return loaded


def locate(module: str) -> Path | None:
    """Return the source file of a dotted module name, importing nothing; None if there is none."""
    search: list[str] | None = None
    origin: str | None = None
    parts = module.split(".")
    for count in range(1, len(parts) + 1):
        name = ".".join(parts[:count])
        for finder in sys.meta_path:
            find_spec = getattr(finder, "find_spec", None)
            spec = find_spec(name, search) if find_spec else None
            if spec is not None:
                break
        else:
            return None
        origin = spec.origin
        search = list(spec.submodule_search_locations or [])
    return Path(origin) if origin and origin.endswith(".py") else None
