"""Wrong keys are slowed, and a valid one of the same client is not."""

from app.keys import authorization
from tests.app.client import open_client, said
from tests.stores import Stores


def test_the_eleventh_wrong_key_in_a_minute_is_slowed(stores: Stores, migrated_url: str) -> None:
    url = stores.copy(migrated_url)
    with open_client(url) as service:
        series = service.new_series()
        wrong = {"Authorization": f"Bearer {service.key}x"}
        codes = [
            service.client.post("/releases/1/retraction", headers=wrong).status_code
            for _ in range(10)
        ]
        assert codes == [401] * 10
        refused = service.client.post("/releases/1/retraction", headers=wrong)
        assert refused.status_code == 429
        assert refused.json()["type"] == "/problems/too-many-wrong-keys"
        assert refused.headers["retry-after"] == "60"
        assert refused.elapsed.total_seconds() >= authorization.WRONG_KEY_SECONDS
        assert service.load("press", "2024-05-15", said(series, "2024-04", 1)).status_code == 201
    stores.drop(url)
