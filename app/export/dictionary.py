"""The data dictionary: the tables of the export, and what each of their columns means."""

from app.export import store
from app.export.columns import Column, ExportedTable, ForeignKey, Kind
from forecasting.scores import HUB_LEVELS

_SERIES = Column("series", Kind.STRING, "Key of the series.")
_PERIOD = Column("period", Kind.YEARMONTH, "Calendar month.")
_VALUE = Column(
    "value", Kind.INTEGER, "The count, in the series' unit; empty if withdrawn or missing.", False
)
_STATUS = Column("status", Kind.STRING, "SDMX observation status, such as A, P, or U.")
_QUALIFIER = Column(
    "qualifier",
    Kind.STRING,
    "How exactly the figure was stated: exact, about, more_than, or less_than.",
)
_PUBLISHED_ON = Column("published_on", Kind.DATE, "Publication date of the release.")
_OF_SERIES = ForeignKey("series", "series", "key")

TABLES = (
    ExportedTable(
        "series",
        "Series",
        "The monthly counts that there are.",
        (
            Column("key", Kind.STRING, "Key of the series."),
            Column("title", Kind.STRING, "Name of the series."),
            Column("unit", Kind.STRING, "What is counted, per calendar month."),
            Column("parent", Kind.STRING, "Series that this one is a part of.", False),
            Column("dimension", Kind.STRING, "How it differs from its parent."),
            Column("border", Kind.STRING, "Whose border it is about."),
            Column("year_start", Kind.INTEGER, "Month in which its years begin, 1 to 12."),
            Column("ended", Kind.BOOLEAN, "Whether it has ended and is no longer forecast."),
            Column("covariate", Kind.BOOLEAN, "Whether it explains counts and is none."),
            Column(
                "first_full_release",
                Kind.DATE,
                "Day of the first release that covers the history.",
                False,
            ),
            Column("note", Kind.STRING, "What to know about its figures.", False),
            Column(
                "official_source",
                Kind.STRING,
                "The only source whose figures are official; empty for the known publishers.",
                False,
            ),
        ),
        ("key",),
        store.series_rows,
        (ForeignKey("parent", "series", "key"),),
    ),
    ExportedTable(
        "releases",
        "Releases",
        "The publications that the figures come from, retracted ones too.",
        (
            Column("id", Kind.INTEGER, "Number of the release."),
            Column("source", Kind.STRING, "Publisher."),
            Column("title", Kind.STRING, "Title of the publication."),
            _PUBLISHED_ON,
            Column("url", Kind.STRING, "Web address.", False),
            Column("note", Kind.STRING, "What to know about it.", False),
            Column("checksum", Kind.STRING, "SHA-256 of its content."),
            Column("recorded_at", Kind.DATETIME, "When this store learned it (UTC)."),
            Column("recorded_by", Kind.STRING, "Who loaded it."),
            Column(
                "retracted_at",
                Kind.DATETIME,
                "When it was retracted (UTC), so that its figures no longer count; empty if not.",
                False,
            ),
        ),
        ("id",),
        store.release_rows,
    ),
    ExportedTable(
        "history",
        "Current figures",
        "The current figure of every month.",
        (
            _SERIES,
            _PERIOD,
            _VALUE,
            _STATUS,
            _QUALIFIER,
            Column("source", Kind.STRING, "Publisher."),
            _PUBLISHED_ON,
        ),
        ("series", "period"),
        store.history_rows,
        (_OF_SERIES,),
    ),
    ExportedTable(
        "observations",
        "Figures as published",
        "Every figure that a release gave for a series and a month.",
        (
            _SERIES,
            _PERIOD,
            Column("release", Kind.INTEGER, "Number of the release."),
            _VALUE,
            _STATUS,
            _QUALIFIER,
            Column("rounding_unit", Kind.INTEGER, "The step to which the value was rounded."),
            _PUBLISHED_ON,
            Column("note", Kind.STRING, "What to know about the figure.", False),
        ),
        ("series", "period", "release"),
        store.observation_rows,
        (_OF_SERIES, ForeignKey("release", "releases", "id")),
    ),
    ExportedTable(
        "forecasts",
        "Archived forecasts",
        "The forecasts as they were issued.",
        (
            Column("id", Kind.INTEGER, "Number of the forecast."),
            _SERIES,
            Column("model", Kind.STRING, "The model."),
            Column("origin", Kind.YEARMONTH, "Last month with a figure."),
            Column("issued_at", Kind.DATETIME, "When it was computed (UTC)."),
            Column("live", Kind.BOOLEAN, "Whether it used all figures known when it was issued."),
            Column("data_version", Kind.STRING, "Identifies the figures used."),
            Column(
                "provisional_share",
                Kind.NUMBER,
                "Share of the first month's variance due to measurement error, 0 to 1.",
            ),
        ),
        ("id",),
        store.forecast_rows,
        (_OF_SERIES,),
    ),
    ExportedTable(
        "forecast_months",
        "Forecast distributions",
        "Mean and quantiles of every month of every archived forecast, in the series' unit.",
        (
            Column("forecast", Kind.INTEGER, "Number of the forecast."),
            Column("horizon", Kind.INTEGER, "Months after the origin."),
            _PERIOD,
            Column("mean", Kind.INTEGER, "Expected count."),
            *(
                Column(
                    f"quantile_{level:g}",
                    Kind.INTEGER,
                    f"Count that is not exceeded with a probability of {level:g}.",
                )
                for level in HUB_LEVELS
            ),
        ),
        ("forecast", "horizon"),
        store.forecast_month_rows,
        (ForeignKey("forecast", "forecasts", "id"),),
    ),
    ExportedTable(
        "scores",
        "Scores of past forecasts",
        "One forecast of one month's count per row, compared with the figure and the baseline.",
        (
            Column("id", Kind.INTEGER, "Number of the score."),
            _SERIES,
            Column("model", Kind.STRING, "The model."),
            Column(
                "forecast",
                Kind.INTEGER,
                "Number of the forecast; empty for one of the hindcast.",
                False,
            ),
            Column(
                "vintage",
                Kind.STRING,
                "How its figures were known: live, as known, or reconstructed. All are of "
                "forecasts of single series.",
            ),
            Column("origin", Kind.YEARMONTH, "Last month with a figure."),
            Column("horizon", Kind.INTEGER, "Months after the origin."),
            Column("target", Kind.YEARMONTH, "The month that was forecast."),
            Column("observed", Kind.NUMBER, "The figure."),
            Column("wis", Kind.NUMBER, "Weighted interval score, in counts."),
            Column("log_wis", Kind.NUMBER, "The same of log(1 + count)."),
            Column("crps", Kind.NUMBER, "Continuous ranked probability score, in counts."),
            Column("pit", Kind.NUMBER, "Probability integral transform of the figure, 0 to 1."),
            Column(
                "scaled_error",
                Kind.NUMBER,
                "Absolute error of the median, divided by the mean seasonal change.",
                False,
            ),
            Column("baseline_wis", Kind.NUMBER, "Weighted interval score of the baseline."),
            Column("baseline_log_wis", Kind.NUMBER, "The same of log(1 + count)."),
            Column("baseline_crps", Kind.NUMBER, "Score of the baseline, as `crps`."),
            Column("covered_50", Kind.BOOLEAN, "Whether the 50% interval has the figure."),
            Column("covered_80", Kind.BOOLEAN, "Whether the 80% interval has the figure."),
            Column("covered_95", Kind.BOOLEAN, "Whether the 95% interval has the figure."),
            Column("median", Kind.NUMBER, "Median of the forecast; empty if not kept.", False),
            Column("lower_80", Kind.NUMBER, "Lower end of the 80% interval, likewise.", False),
            Column("upper_80", Kind.NUMBER, "Upper end of the 80% interval, likewise.", False),
        ),
        ("id",),
        store.score_rows,
        (_OF_SERIES, ForeignKey("forecast", "forecasts", "id")),
    ),
)
