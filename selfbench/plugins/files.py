"""Plug-ins in a file that is not installed (`--plugin FILE`): how the file is run."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

FILE_MODULE = "selfbench_plugin_"  # how the module of such a file is named


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
