"""The HTTP endpoint itself: who may talk to it, and what it tells machines."""


def test_health_and_readiness(gateway):
    assert gateway.get("/healthz")[0] == 200
    assert gateway.get("/readyz")[0] == 200


def test_metrics_are_prometheus_text(gateway):
    status, body = gateway.get("/metrics")
    assert status == 200
    assert "# TYPE wardgate_" in body
    assert "wardgate_evidence_up 1" in body
    assert "wardgate_evidence_disk_free_bytes " in body


def test_a_foreign_host_is_refused(gateway):
    """DNS rebinding: the browser believes that evil.test is this machine."""
    assert gateway.get("/mcp", Host="evil.test")[0] == 403


def test_a_foreign_origin_is_refused(gateway):
    assert gateway.get("/mcp", Origin="https://evil.test")[0] == 403
