"""All SQL on series, releases and observations, as named questions."""

from app.observations.store.full_releases import MONTHS_OF_FULL_RELEASE as MONTHS_OF_FULL_RELEASE
from app.observations.store.full_releases import first_full_release as first_full_release
from app.observations.store.full_releases import (
    recompute_first_full_releases as recompute_first_full_releases,
)
from app.observations.store.full_releases import record_full_release as record_full_release
from app.observations.store.histories import add_observations as add_observations
from app.observations.store.histories import current_candidates as current_candidates
from app.observations.store.histories import first_observations as first_observations
from app.observations.store.histories import history as history
from app.observations.store.histories import versions as versions
from app.observations.store.newest_versions import newest_of_precedence as newest_of_precedence
from app.observations.store.recent_changes import first_recorded as first_recorded
from app.observations.store.recent_changes import newest_of_releases as newest_of_releases
from app.observations.store.recent_changes import releases_changed_last as releases_changed_last
from app.observations.store.recent_figures import recent_observations as recent_observations
from app.observations.store.release_log import add_release as add_release
from app.observations.store.release_log import count_releases as count_releases
from app.observations.store.release_log import count_releases_of_day as count_releases_of_day
from app.observations.store.release_log import find_release as find_release
from app.observations.store.release_log import is_empty as is_empty
from app.observations.store.release_log import is_superseded as is_superseded
from app.observations.store.release_log import (
    known_releases_cache_key as known_releases_cache_key,
)
from app.observations.store.release_log import last_series_change as last_series_change
from app.observations.store.release_log import lock_observations as lock_observations
from app.observations.store.release_log import mark_retracted as mark_retracted
from app.observations.store.release_log import newest_recording as newest_recording
from app.observations.store.release_log import release as release
from app.observations.store.release_log import release_names as release_names
from app.observations.store.release_log import release_stamp as release_stamp
from app.observations.store.release_log import releases as releases
from app.observations.store.release_log import releases_after as releases_after
from app.observations.store.release_log import releases_cache_key as releases_cache_key
from app.observations.store.release_log import releases_page as releases_page
from app.observations.store.release_log import (
    releases_published_within as releases_published_within,
)
from app.observations.store.release_log import retracted_releases as retracted_releases
from app.observations.store.release_log import series_of_release as series_of_release
from app.observations.store.release_log import series_of_releases as series_of_releases
from app.observations.store.series_catalog import SeriesSummary as SeriesSummary
from app.observations.store.series_catalog import add_series as add_series
from app.observations.store.series_catalog import all_series as all_series
from app.observations.store.series_catalog import border_of as border_of
from app.observations.store.series_catalog import borders_of as borders_of
from app.observations.store.series_catalog import count_series as count_series
from app.observations.store.series_catalog import find_series as find_series
from app.observations.store.series_catalog import keys_matching as keys_matching
from app.observations.store.series_catalog import parents_within as parents_within
from app.observations.store.series_catalog import resumable_ends as resumable_ends
from app.observations.store.series_catalog import resume_series as resume_series
from app.observations.store.series_catalog import summaries as summaries
from app.observations.store.series_catalog import update_description as update_description
from app.observations.store.version_rows import FAR_FUTURE as FAR_FUTURE
from app.observations.store.version_rows import edge_of_series as edge_of_series
from app.observations.store.version_rows import is_withdrawn as is_withdrawn
