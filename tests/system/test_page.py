"""The page at `/` in a real browser: every feature once, for eyes, fingers, keyboards and paper."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest

from app.languages import words
from forecasting import Month
from tests.system.service import Service
from tests.system.visiting import ARTEFACTS, Visit, serving_the_record, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Route

pytestmark = pytest.mark.xdist_group("pages")

DESKTOP, TABLET, PHONE = ({"width": width, "height": 900} for width in (1440, 768, 390))
FIRST_VIEW = 150_000  # bytes without what draws charts
SERIES = "series=usbp.southwest"
IN_MAY_2024 = "/?as_of=2024-05-10"  # three days after the press had said "around 129,000"

Visitor = Callable[..., Visit]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service on the bundled record, with the forecasts that the tests look at."""
    with serving_the_record(tmp_path_factory.mktemp("page"), with_hindcast=True) as service:
        for day in ("", "&as_of=2024-05-10", "&as_of=2021-08-01"):
            service.get(f"/forecast?{SERIES}{day}")
        yield service


@pytest.fixture
def visitor(browser: "Browser", service: Service) -> Iterator[Visitor]:
    """Makes visits; none may ask another host for anything or have anything to complain of."""
    with ExitStack() as stack:
        visits: list[Visit] = []

        def visit(**options: Any) -> Visit:
            opened: AbstractContextManager[Visit] = visiting(
                browser, service, **{"viewport": DESKTOP, "locale": "en-US"} | options
            )
            visits.append(stack.enter_context(opened))
            return visits[-1]

        yield visit
        for made in visits:
            assert (made.requests_elsewhere, made.errors) == ([], [])


def numbers(place: "Locator") -> list[int]:
    """The counts that a part of the page shows, as machines read them."""
    return [
        int(value or "")
        for value in place.locator("data").evaluate_all("all => all.map(one => one.value)")
    ]


def live(page: "Page") -> "Page":
    page.locator(".chart.live").first.wait_for()
    return page


def interval(month: dict[str, Any], level: int) -> list[int]:
    return next(
        [each["lower"], each["upper"]] for each in month["intervals"] if each["level"] == level
    )


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("asked", ["", "&as_of=2024-05-10"])
def test_every_number_of_the_headline_is_the_interfaces(
    visitor: Visitor, service: Service, lang: str, asked: str
) -> None:
    page = visitor().open(f"/?{SERIES}{asked}&lang={lang}")
    figures = service.get(f"/history?{SERIES}{asked}")["observations"]
    values = {figure["period"]: figure["value"] for figure in figures}
    months = service.get(f"/forecast?{SERIES}{asked}&from=today")["forecast"]
    newest, month_before, year_before = figures[-1], figures[-2], figures[-13]
    assert numbers(page.locator("#latest-value")) == [newest["value"]]
    assert numbers(page.locator(".changes")) == [month_before["value"], year_before["value"]]
    for change, before in zip(
        page.locator(".changes li").all(), (month_before, year_before), strict=True
    ):
        percent = abs(round(100 * (newest["value"] / before["value"] - 1)))
        assert re.search(rf"\b{percent}\s?%", change.inner_text())
    assert numbers(page.locator("#next-value")) == [months[0]["median"]]
    assert numbers(page.locator("#next-range")) == interval(months[0], 80)
    coming = [[one["median"], *interval(one, 80)] for one in months[1:7]]
    assert numbers(page.locator("#coming")) == [count for row in coming for count in row]
    assert len(values) == len(figures)


@pytest.mark.parametrize("asked", ["&years=10", "&as_of=2024-05-10"])
def test_every_number_of_the_tables_is_the_interfaces(
    visitor: Visitor, service: Service, asked: str
) -> None:
    page = visitor().open(f"/?{SERIES}{asked}")
    day = "&as_of=2024-05-10" if "as_of" in asked else ""
    months = service.get(f"/forecast?{SERIES}{day}&from=today")["forecast"]
    now = {one["period"]: one["value"] for one in service.get(f"/history?{SERIES}")["observations"]}
    for row, month in zip(page.locator("#forecast tbody tr").all(), months, strict=True):
        ends = [end for each in month["intervals"] for end in (each["lower"], each["upper"])]
        happened = [now[month["period"]]] if day else []
        assert row.locator("time").get_attribute("datetime") == month["period"]
        assert numbers(row) == [month["median"], *happened, *ends]
    figures = service.get(f"/history?{SERIES}{day}")["observations"][
        : -len(figures_shown(page)) - 1 : -1
    ]
    assert figures_shown(page) == [(figure["period"], figure["value"]) for figure in figures]


def figures_shown(page: "Page") -> list[tuple[str, int]]:
    rows = page.locator("#history tbody tr").evaluate_all(
        "rows => rows.map(row => "
        "[row.querySelector('time').dateTime, Number(row.querySelector('data').value)])"
    )
    return [(period, value) for period, value in rows]


def test_every_version_of_the_last_24_months_is_shown(visitor: Visitor, service: Service) -> None:
    day = "&as_of=2025-09-30"
    page = visitor().open(f"/?{SERIES}{day}&part=data")
    page.locator("#versions").evaluate("table => { table.closest('details').open = true; }")
    rows = page.locator("#versions tbody tr").all()
    assert len(rows) == 24
    row = next(row for row in rows if row.locator("time").get_attribute("datetime") == "2024-04")
    versions = service.get(f"/observations?{SERIES}&period=2024-04{day}")["observations"]
    assert numbers(row.locator(".versions")) == [version["value"] for version in versions]
    assert numbers(row)[:2] == [versions[-1]["value"], versions[0]["value"]]
    assert "about 129,000 (the press, May 7, 2024)" in row.inner_text()


@pytest.mark.parametrize("ahead", ["1-3", "7-12"])
def test_every_number_of_the_past_forecasts_is_the_interfaces(
    visitor: Visitor, service: Service, ahead: str
) -> None:
    visit = visitor(viewport=PHONE)
    page = live(visit.open(f"/?{SERIES}&ahead=4-6"))
    page.click(f"#ahead-{ahead}")
    page.locator(f"#ahead-{ahead}[aria-current]").wait_for()
    page.locator("#past-months").evaluate("table => { table.closest('details').open = true; }")
    past = service.get(f"/evaluation/forecasts?{SERIES}&ahead={ahead}")["forecasts"]
    rows = page.locator("#past-months tbody tr").all()
    assert len(rows) == 36
    for row, one in zip(rows, past[::-1], strict=False):
        assert row.locator("time").get_attribute("datetime") == one["period"]
        assert numbers(row) == [one["observed"], one["lower_80"], one["upper_80"], one["median"]]
        assert ("inside" in row.inner_text()) == one["inside_80"]
    chart = page.locator(".chart[data-spec*=past-forecasts]")
    chart.scroll_into_view_if_needed()
    page.locator(".chart.live[data-spec*=past-forecasts]").wait_for()
    inside = sum(one["inside_80"] for one in past)
    assert f"{inside} of {len(past)} figures fell inside the 80% range" in (
        chart.locator(".drawn").get_attribute("aria-label") or ""
    )
    visit.picture(f"page-past-{ahead}", full=True)


def test_a_vague_and_unofficial_figure_looks_different_and_says_why(visitor: Visitor) -> None:
    visit = visitor()
    latest = visit.open(IN_MAY_2024).locator(".latest")
    text = latest.inner_text()
    for said in (
        "about",
        "in April 2024",
        "(about 137,480)",
        "unofficial, not exact",
        "unnamed officials",
        "May 7, 2024",
    ):
        assert said in text
    value = latest.locator("#latest-value data")
    assert "dashed" in value.evaluate("one => getComputedStyle(one).textDecoration")
    visit.picture("page-vague")


def test_old_figures_say_how_old_they_are(visitor: Visitor, service: Service) -> None:
    asked = "series=usbp.southwest.single-adults"
    page = visitor().open(f"/?{asked}")
    today = service.get(f"/history?{asked}")["as_of"]
    months = (int(today[:4]) - 2025) * 12 + int(today[5:7]) - 8
    assert (
        f"The latest figure is for August 2025, {months} months ago."
        in page.locator(".headline").inner_text()
    )


def test_pointing_at_a_month_tells_its_values(visitor: Visitor, service: Service) -> None:
    visit = visitor()
    page = live(visit.open(f"/?{SERIES}"))
    months = service.get(f"/forecast?{SERIES}&from=today")["forecast"]
    chart = page.locator(".chart").first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 60, box["y"] + 300)
    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    said = tip.locator("h2").inner_text()
    month = next(
        month for month in months if words("en").month(Month.parse(month["period"])) == said
    )
    assert f"{month['median']:,}" in tip.inner_text()
    for each in month["intervals"]:
        assert f"{each['lower']:,} – {each['upper']:,}" in tip.inner_text()
    visit.picture("page-pointing")


def test_scale_and_time_are_switched_without_loading_the_page_anew(visitor: Visitor) -> None:
    page = live(visitor().open(f"/?{SERIES}"))
    page.evaluate("window.same = true")
    for control, given in (
        ("#scale-linear", "scale=linear"),
        ("#years-all", "years=all"),
        ("#years-2", "years=2"),
    ):
        page.click(control)
        page.locator(f"{control}[aria-current]").wait_for()
        live(page)
        assert given in page.url
    assert len(figures_shown(page)) == 24
    assert page.evaluate("window.same")
    page.go_back()
    page.locator("#years-all[aria-current]").wait_for()
    assert len(figures_shown(page)) > 300


def test_any_day_can_be_replayed_with_what_happened_drawn_over(visitor: Visitor) -> None:
    visit = visitor()
    page = live(visit.open(f"/?{SERIES}"))
    page.focus("#as-of")
    # The delay is long enough for each part of the day to be acted upon.
    page.keyboard.type("05102024", delay=400)
    assert page.evaluate("document.activeElement.id") == "as-of"
    page.keyboard.press("Enter")
    page.locator("#forecast th", has_text="Actual").wait_for()
    live(page)
    assert "as_of=2024-05-10" in page.url
    assert (
        "This page shows what was known on May 10, 2024."
        in page.locator(".page-title").inner_text()
    )
    drawn = page.locator(".chart.live svg").first.text_content() or ""
    assert "Dotted line: published later" in drawn
    visit.picture("page-replayed", full=True)


def test_an_event_tells_its_name_inside_the_screen(visitor: Visitor) -> None:
    page = live(visitor(viewport=PHONE).open(f"/?{SERIES}&years=2"))
    name = page.locator(".drawn .mark-text.role-mark text").first
    name.scroll_into_view_if_needed()
    box = name.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    assert tip.evaluate("tip => tip.scrollWidth <= tip.clientWidth")
    left, right = tip.evaluate(
        "tip => [tip.getBoundingClientRect().left, tip.getBoundingClientRect().right]"
    )
    assert 0 <= left < right <= PHONE["width"]
    assert tip.locator("td.key").count() == 0


def test_what_is_no_page_is_shown_as_it_is(visitor: Visitor) -> None:
    page = live(visitor().open(f"/?{SERIES}"))
    page.route(
        f"**/?{SERIES}&scale=log",
        lambda route: route.fulfill(content_type="text/plain", body="Busy."),
    )
    page.click("#scale-log")
    page.get_by_text("Busy.", exact=True).wait_for()
    assert page.url.endswith(f"/?{SERIES}&scale=log")


def test_the_slider_walks_through_the_days_by_keyboard(visitor: Visitor) -> None:
    page = live(visitor().open(f"/?{SERIES}"))
    page.focus("#day")
    page.keyboard.press("Home")
    page.wait_for_url("**as_of=2021-08-01**")
    page.locator(".page-title .notice a").wait_for()
    assert page.evaluate("document.activeElement.id") == "day"
    assert page.locator("#day").get_attribute("aria-valuetext") == "August 1, 2021"
    assert "2020" in page.locator(".latest").inner_text()


def test_everything_can_be_reached_and_done_by_keyboard(visitor: Visitor) -> None:
    page = live(visitor().open(f"/?{SERIES}"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
        if reached[-1] == "scale-log":
            break
    assert {"series", "years-2", "scale-log"} <= set(reached)
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.locator("#scale-log[aria-current]").wait_for()
    assert page.evaluate("document.activeElement.id") == "scale-log"


def test_a_tile_leads_to_its_sector(visitor: Visitor, service: Service) -> None:
    page = visitor().open("/")
    assert page.locator(".tile").count() == 9
    tile = page.locator(".tucson .tile")
    history = service.get("/history?series=usbp.southwest.tucson")["observations"]
    before, now = (figure["value"] for figure in history[-2:])
    assert numbers(tile) == [now]
    assert f"{100 * (now / before - 1):+.0f}%".replace("-", "−") in tile.inner_text()
    tile.click()
    page.wait_for_url("**series=usbp.southwest.tucson**")
    assert page.locator("h1").inner_text() == "Border Patrol encounters, Tucson sector"
    assert page.title().startswith("Border Patrol encounters, Tucson sector: ")


def test_a_series_is_chosen_from_the_list(visitor: Visitor) -> None:
    page = visitor().open(f"/?{SERIES}&lang=es")
    page.select_option("#series", "usbp.citizenship.mexico")  # which acts at once
    page.wait_for_url("**series=usbp.citizenship.mexico**")
    assert "lang=es" in page.url
    assert (
        page.locator("h1").inner_text()
        == "Encuentros de la Patrulla Fronteriza, ciudadanos de México"
    )


def test_spanish_comes_by_preference_and_stays_when_chosen(visitor: Visitor) -> None:
    page = visitor(locale="es-MX").open(f"/?{SERIES}")
    assert page.locator("html").get_attribute("lang") == "es"
    assert "agosto de 2026" in page.locator(".latest").inner_text()
    page.click(".languages a[lang=en]")
    page.wait_for_url("**lang=en**")
    assert "in August 2026" in page.locator(".latest").inner_text()
    page.click("#years-10")
    page.wait_for_url("**years=10**")
    assert "lang=en" in page.url


@pytest.mark.parametrize(
    ("width", "scheme", "lang"),
    [
        (320, "dark", "es"),
        (390, "light", "en"),
        (768, "dark", "es"),
        (1440, "light", "en"),
        *(
            pytest.param(*other, marks=pytest.mark.trial)
            for other in (
                (320, "light", "en"),
                (390, "dark", "es"),
                (768, "light", "en"),
                (1440, "dark", "es"),
            )
        ),
    ],
)
def test_the_page_fits_every_width(visitor: Visitor, width: int, scheme: str, lang: str) -> None:
    visit = visitor(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = live(visit.open(f"/?{SERIES}&lang={lang}"))
    visit.picture(f"page-{width}-{scheme}-{lang}", full=True)
    shown = {"": ["#forecast"], "&part=track-record": ["#record", "#compared"], "&part=data": []}
    for part, tables in shown.items():
        if part:
            page = live(visit.open(f"/?{SERIES}&lang={lang}{part}"))
        assert page.evaluate("document.documentElement.scrollWidth") == width
        for table in tables if width >= PHONE["width"] else ():
            place = page.locator(".table", has=page.locator(table))
            assert place.evaluate("place => place.scrollWidth <= place.clientWidth"), table


def test_without_javascript_there_are_text_table_and_picture(
    visitor: Visitor, service: Service
) -> None:
    visit = visitor(java_script_enabled=False, viewport=PHONE)
    page = visit.open("/?years=10&scale=log")
    assert "8,870" in page.locator(".latest").inner_text()
    assert page.locator("#forecast tbody tr").count() == 12
    picture = page.locator(".chart img").first
    box = picture.bounding_box()
    assert box is not None
    assert box["height"] > 300
    current = words("en").month(Month.parse(service.get(f"/history?{SERIES}")["as_of"][:7]))
    assert f"The forecast for {current} is" in (picture.get_attribute("alt") or "")
    page.click("#years-2")
    assert "years=2" in page.url
    page.fill("#as-of", "2024-05-10")
    page.click(".as-of button")
    assert "as_of=2024-05-10" in page.url
    assert "129,000" in page.locator(".latest").inner_text()
    visit.picture("page-without-javascript", full=True)


def test_on_paper_controls_are_gone_and_tables_are_open(visitor: Visitor) -> None:
    page = live(visitor(color_scheme="dark").open(f"/?{SERIES}"))
    # Dark pictures stay dark on paper.
    page.locator(".chart:not(.live)").first.wait_for(state="detached")
    pdf = page.pdf(format="Letter", path=ARTEFACTS / "page.pdf")
    assert pdf.startswith(b"%PDF")
    page.emulate_media(media="print")
    for gone in (".choose", ".as-of", ".controls >> nth=0", ".controls >> nth=1"):
        assert page.locator(gone).is_hidden()
    assert page.locator("#history").is_visible()
    paper = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"


@pytest.mark.parametrize("leave", ["resize", "print"])
def test_a_chart_that_comes_late_for_a_width_that_is_over_is_not_shown(
    visitor: Visitor, leave: str
) -> None:
    visit = visitor()
    page = live(visit.open(f"/?{SERIES}"))
    narrow = re.compile(r"forecast\.json.*width=360")

    def answer_late(route: "Route") -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route(narrow, answer_late)
    with page.expect_response(narrow) as late:
        if leave == "resize":
            for size in (PHONE, DESKTOP):
                page.set_viewport_size({"width": size["width"], "height": size["height"]})
        else:
            page.pdf(width="500px")
    late.value.finished()
    page.wait_for_timeout(300)  # in which it would be drawn
    chart = page.locator(".chart.live").first
    assert "width=960" in (chart.get_attribute("data-shown") or "")
    assert chart.locator(".drawn").count() == 1


VIEWS = [
    f"/?{SERIES}&number=12000",
    f"{IN_MAY_2024}&lang=es",
    f"/?{SERIES}&part=track-record",
    f"/?{SERIES}&reported=8400&lang=es",
    f"/?{SERIES}&part=data",
    "/?series=nothing",
    "/?search=a&lang=es",
]


@pytest.mark.parametrize(
    ("path", "scheme"),
    [
        *((path, "light") for path in VIEWS),
        (VIEWS[0], "dark"),
        *(pytest.param(path, "dark", marks=pytest.mark.trial) for path in VIEWS[1:]),
    ],
)
def test_axe_finds_nothing_serious(
    visitor: Visitor, service: Service, scheme: str, path: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    visit = visitor(color_scheme=scheme)
    page = visit.open(path)
    if "nothing" in path:
        visit.errors.clear()  # the browser says that the page is answered with 404
    elif "search" not in path and "reported" not in path:
        live(page)
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in serious] == []


def test_the_first_view_is_small_and_nothing_jumps(visitor: Visitor) -> None:
    visit = visitor()
    visit.page.add_init_script(
        "window.jumps = 0; new PerformanceObserver((list) => {"
        "  for (const entry of list.getEntries())"
        "    if (!entry.hadRecentInput) window.jumps += entry.value;"
        "}).observe({ type: 'layout-shift', buffered: true });"
    )
    page = live(visit.open(f"/?{SERIES}"))
    sizes = page.evaluate(
        "[...performance.getEntriesByType('navigation'),"
        " ...performance.getEntriesByType('resource')]"
        ".filter(one => !one.name.includes('/assets/vega')).map(one => one.transferSize)"
    )
    assert len(sizes) >= 4
    assert sum(sizes) < FIRST_VIEW
    assert page.evaluate("window.jumps") < 0.02


def test_what_can_be_taken_along_is_there(visitor: Visitor) -> None:
    page = visitor().open(f"/?{SERIES}")
    for link in page.locator(".files a, .calls a").all():
        answer = page.request.get(urljoin(page.url, link.get_attribute("href")))
        assert answer.status == 200, link.inner_text()
    assert "8,870 in August 2026 (provisional)" in page.locator("#sentence").inner_text()
    assert "Figures through August 2026" in page.locator("#citation").inner_text()


def test_planners_and_reporters_are_answered_on_the_page_and_copy_what_they_need(
    visitor: Visitor, service: Service
) -> None:
    visit = visitor(permissions=["clipboard-read", "clipboard-write"])
    page = live(visit.open(f"/?{SERIES}"))
    page.fill("#number", "12,000")
    page.press("#number", "Enter")
    page.wait_for_url("**number=12%2C000**")
    page.locator("#chance-said", has_text="More than 12,000").wait_for()
    months = service.get(f"/forecast/threshold?{SERIES}&above=12000&from=today")["months"]
    page.click("[data-copy=chances]")
    page.get_by_text("Copied").wait_for()
    rows = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert len(rows) == 1 + len(months)
    assert rows[1].split("\t")[1] == f"{100 * months[0]['probability']:.0f}%"
    live(page)
    assert "more than 12,000" in (page.locator(".chart.live svg").first.text_content() or "")
    page.click("#part-what-if")
    page.fill("#reported", "8400")
    page.click("#report-show")
    page.click("[data-copy=report-es]")
    page.get_by_text("Copied").wait_for()
    said = page.evaluate("navigator.clipboard.readText()")
    assert said.startswith("Encuentros de la Patrulla Fronteriza, frontera suroeste: unos 8,400 en")
    visit.picture("page-reported", full=True)


def test_a_series_that_ended_is_shown_without_a_forecast(visitor: Visitor) -> None:
    page = live(visitor().open("/?series=usbp.southwest.title-42"))
    assert "This series ended in May 2023" in page.locator(".headline").inner_text()
    assert page.locator("#forecast").count() == 0
