"""The example alert rules are about metrics that exist."""

import re
from typing import Any, cast

import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.sources.metrics import FreshnessCollector
from tests.conftest import NOW
from tests.system.service import ROOT


def rules() -> list[dict[str, Any]]:
    [block] = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/operating.md").read_text(), re.DOTALL)
    [group] = yaml.safe_load(block)["groups"]
    return list(group["rules"])


def test_each_rule_names_a_metric_and_labels_that_there_are(
    sqlite_client: TestClient,
) -> None:
    database = cast("FastAPI", sqlite_client.app).state.services.database
    sqlite_client.get("/series")
    exposed = sqlite_client.get("/metrics").text
    samples = [
        (sample.name, sample.labels)
        for metric in FreshnessCollector(database, lambda: NOW, lambda: 1).collect()
        for sample in metric.samples
    ]
    named = {name for name, _ in samples} | set(re.findall(r"^(\w+)[{ ]", exposed, re.MULTILINE))
    for name, kind in re.findall(r"^# TYPE (\w+) (\w+)", exposed, re.MULTILINE):
        named |= {name, f"{name}_bucket"} if kind == "histogram" else {name}
    for rule in rules():
        used = re.findall(r"\bbordercast_\w+", rule["expr"])
        assert set(used) <= named, rule["alert"]
        assert used or "up{" in rule["expr"]
        assert rule["annotations"]["summary"]
    publishers = {labels.get("publisher") for _, labels in samples}
    assert {"cbp", "frontex"} <= publishers
    operations = set(re.findall(r'operation="([^"]+)"', exposed))
    assert "/series" in operations
