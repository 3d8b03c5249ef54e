"""Runs a round of tool calls."""

from __future__ import annotations

import json

from backend.assistant import tools
from backend.assistant.handlers import ToolContext, run_tool
from backend.assistant.models import is_storable
from backend.assistant.runs import ToolCall
from backend.common.documents import Document


def handle_tool_calls(
    calls: list[Document], context: ToolContext
) -> tuple[list[Document], list[ToolCall]]:
    """Run a round's calls in order. Returns the outputs for the model, one for each `call_id`, and
    the calls in the form that agents read.
    """
    outputs: list[Document] = []
    tool_calls: list[ToolCall] = []
    for call in calls:
        name, arguments = str(call.get("name", "")), _arguments(call)
        result = run_tool(tools.TOOLS.get(name), arguments, context)
        outputs.append(
            {
                "type": "function_call_output",
                "call_id": call.get("call_id", ""),
                "output": json.dumps(result, ensure_ascii=False),
            }
        )
        tool_calls.append(
            {
                "name": name[:100],
                "arguments": arguments if isinstance(arguments, dict) else {},
                "result": result,
            }
        )
    return outputs, tool_calls


def _arguments(call: Document) -> object:
    """Return what the model sent, or None when it cannot be read (the schema then says so).

    Every tool's arguments are flat, so nothing deeper than the database takes gets in.
    """
    try:
        arguments = json.loads(call.get("arguments") or "{}")
    except (ValueError, TypeError, RecursionError):
        return None
    if not isinstance(arguments, dict) or not is_storable(arguments):
        return None
    nested = any(isinstance(value, dict | list) for value in arguments.values())
    return None if nested else arguments
