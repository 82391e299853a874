"""`selfbench list`: what there is, without importing it; and one plug-in in full."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from selfbench.cli.options import Answer, Format, Plugins
from selfbench.errors import UsageError, did_you_mean
from selfbench.plugins.listing import PluginInfo, brief, brief_all
from selfbench.plugins.registry import KINDS, Entry, Registry


def list_plugins(
    what: Annotated[
        str | None,
        typer.Argument(help="methods, datasets, metrics, reports, ablations, or a plug-in's name."),
    ] = None,
    plugin: Plugins = None,
    answer: Answer = Format.text,
) -> None:
    """List the plug-ins, or show one with its parameters."""
    registry = Registry(plugin or ())
    if what is None or what in KINDS:
        plugins = brief_all(registry, what)
        if answer is Format.json:
            typer.echo(json.dumps([_plain(one) for one in plugins], indent=1))
        else:
            _print_brief(plugins)
        return
    records = [_full(entry) for entry in _named(registry, what)]
    if answer is Format.json:
        typer.echo(json.dumps(records, indent=1))
    else:
        for record in records:
            _print_full(record)


def _plain(plugin: PluginInfo) -> dict[str, Any]:
    return plugin._asdict() | {"error": plugin.error or None}


def _print_brief(plugins: list[PluginInfo]) -> None:
    width = max((len(plugin.name) for plugin in plugins), default=0)
    for kind in dict.fromkeys(plugin.kind for plugin in plugins):
        typer.echo(kind)
        for plugin in (one for one in plugins if one.kind == kind):
            text = f"BROKEN: {plugin.error}" if plugin.error else plugin.summary
            typer.echo(f"  {plugin.name:<{width}}  {text}")


def _named(registry: Registry, name: str) -> list[Entry]:
    entries = [entry for kind in KINDS for entry in registry.of(kind)]
    named = [entry for entry in entries if entry.name == name]
    if not named:
        hint = did_you_mean(name, [*KINDS, *(entry.name for entry in entries)])
        raise UsageError(f"There is no plug-in '{name}'.{hint}")
    return named


def _full(entry: Entry) -> dict[str, Any]:
    """Everything a plug-in says of itself; this one imports it."""
    import inspect

    from selfbench.contracts import Ablation, Variant

    record, loaded = _plain(brief(entry)), entry.load()
    if isinstance(loaded, Variant):
        return record | {"variant of": loaded.method, "overrides": dict(loaded.overrides)}
    if isinstance(loaded, Ablation):
        rows = {row.label: dict(row.overrides) for row in loaded.rows}
        return record | {"ablation of": loaded.method, "rows": rows, "watch": loaded.watch}
    record["description"] = inspect.getdoc(loaded) or ""
    for attribute in ("supervision", "presets", "licence", "citation", "protocol", "frames"):
        if getattr(loaded, attribute, None):
            record[attribute] = getattr(loaded, attribute)
    if hasattr(loaded, "Params"):
        record["parameters"] = loaded.Params.model_json_schema().get("properties", {})
    return record


def _print_full(record: dict[str, Any]) -> None:
    typer.echo(f"{record['name']} ({record['kind'][:-1]}, from {record['origin']})\n")
    typer.echo(record.get("description") or record["summary"])
    for key in record.keys() - {
        "kind", "name", "summary", "origin", "error", "description", "parameters"
    }:  # fmt: skip
        typer.echo(f"\n{key}: {record[key]}")
    if record.get("parameters"):
        typer.echo("\nparameters (--set KEY=VALUE):")
        for name, schema in record["parameters"].items():
            typer.echo(f"  {name} = {schema.get('default')}  {_bounds(schema)}")
            typer.echo(f"      {schema.get('description', '')}")


def _bounds(schema: dict[str, Any]) -> str:
    words = {
        "minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"
    }  # fmt: skip
    bounds = [f"{sign} {schema[key]}" for key, sign in words.items() if key in schema]
    if "enum" in schema:
        bounds.append("one of " + ", ".join(map(str, schema["enum"])))
    return f"({', '.join(bounds)})" if bounds else ""
