"""Lists that come in pages: a table leads to the next page and says how many entries there are."""

import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize(
    ("path", "limit"),
    [("/series", 100), ("/releases", 150), ("/vintages?series=usbp.southwest", 200)],
)
def test_following_the_links_of_tables_gives_the_whole_table(
    sqlite_client: TestClient, path: str, limit: int
) -> None:
    name, _, asked = path.partition("?")
    whole = sqlite_client.get(f"{name}.csv?{asked}&limit=1000")
    assert "link" not in whole.headers
    lines: list[str] = []
    address: str | None = f"{name}.csv?{asked}&limit={limit}"
    while address is not None:
        page = sqlite_client.get(address)
        assert page.headers["x-total-count"] == whole.headers["x-total-count"]
        _, *rows = page.text.splitlines()
        lines += rows
        address = page.links["next"]["url"] if "next" in page.links else None
    assert lines == whole.text.splitlines()[1:]


def test_the_count_is_of_all_pages(sqlite_client: TestClient) -> None:
    def total(path: str) -> int:
        return int(sqlite_client.get(path).headers["x-total-count"])

    assert total("/series?limit=1") == 159
    assert total("/series?search=frontex&limit=2") == len(
        sqlite_client.get("/series?search=frontex").json()["series"]
    )
    of_cbp = sqlite_client.get("/releases?source=cbp&limit=1000").json()["releases"]
    assert total("/releases.csv?source=cbp&limit=1") == len(of_cbp) > 1
    months = "/vintages.csv?series=usbp.southwest&start=2024-01&end=2024-12&limit=5"
    assert total(months) == 12


def test_the_document_describes_what_leads_to_the_next_page(sqlite_client: TestClient) -> None:
    paths = sqlite_client.get("/openapi.json").json()["paths"]
    paged = {
        path
        for path, methods in paths.items()
        if "X-Total-Count"
        in methods.get("get", {}).get("responses", {}).get("200", {}).get("headers", {})
    }
    names = {path.removesuffix(".csv") for path in paged}
    assert names == {"/series", "/releases", "/vintages", "/forecasts"}
    assert "Link" in paths["/series"]["get"]["responses"]["200"]["headers"]
