"""What any MCP client may rely on, over each transport and protocol revision."""

import json

import cluster

READ_TOOLS = {"k8s_get_logs", "k8s_get_events", "k8s_list", "k8s_get", "k8s_top", "k8s_exec_readonly", "prom_query", "prom_saved_query",
              "prom_find_metrics", "prom_labels", "prom_targets", "prom_alerts"}


def test_tools_are_listed_with_schemas_and_annotations(any_agent):
    tools = {tool["name"]: tool for tool in any_agent.tools()}
    assert READ_TOOLS <= set(tools)
    for name, tool in tools.items():
        assert tool["inputSchema"].get("additionalProperties") is False, name
        assert tool.get("outputSchema", {}).get("type") == "object", name
        assert tool.get("title") and tool.get("description"), name
        assert tool.get("annotations", {}).get("readOnlyHint") is True, name
        assert tool["annotations"].get("destructiveHint") is False, name


def test_instructions_say_what_is_allowed(any_agent):
    assert any_agent.server["instructions"]
    assert len(any_agent.server["instructions"]) > 100


def test_a_log_comes_back_over_every_transport(any_agent):
    answer = any_agent.call("k8s_get_logs", namespace="shop", pod=cluster.pod("shop", "web"), tail_lines=20)
    assert not answer.is_error, answer.raw
    assert '"msg":"request"' in answer.text or '\\"msg\\":\\"request\\"' in answer.text or "request" in answer


def test_a_denial_comes_back_over_every_transport(any_agent):
    denied = any_agent.call("k8s_get_logs", namespace="private", pod="anything").denied
    assert denied["rule"].startswith("floor.")
    assert denied["reason"] and denied["remedy"]


def test_an_unknown_argument_is_refused_by_name(any_agent):
    answer = any_agent.call("k8s_get_logs", namespace="shop", pod="web", grep="password")
    assert answer.is_error
    assert "grep" in answer.text


def test_text_is_the_structured_content_or_repeats_none_of_its_rows(any_agent):
    answer = any_agent.call("k8s_list", kind="pods", namespace="shop")
    try:
        assert json.loads(answer.text) == answer.data
    except json.JSONDecodeError:
        assert not [name for name in cluster.pods("shop") if name in answer.text]
