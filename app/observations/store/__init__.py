"""All SQL on series, releases and observations, as named questions."""

from app.observations.store.catalogue import SeriesSummary as SeriesSummary
from app.observations.store.catalogue import add_series as add_series
from app.observations.store.catalogue import all_series as all_series
from app.observations.store.catalogue import find_series as find_series
from app.observations.store.catalogue import summaries as summaries
from app.observations.store.full_releases import A_HISTORY as A_HISTORY
from app.observations.store.full_releases import find_full_releases_again as find_full_releases_again
from app.observations.store.full_releases import first_full_release as first_full_release
from app.observations.store.full_releases import note_full_release as note_full_release
from app.observations.store.known import add_figures as add_figures
from app.observations.store.known import candidates as candidates
from app.observations.store.known import first_figures as first_figures
from app.observations.store.known import history as history
from app.observations.store.known import versions as versions
from app.observations.store.newest import newest_of_kind as newest_of_kind
from app.observations.store.publications import add_release as add_release
from app.observations.store.publications import find_release as find_release
from app.observations.store.publications import is_empty as is_empty
from app.observations.store.publications import knowledge as knowledge
from app.observations.store.publications import lock_figures as lock_figures
from app.observations.store.publications import newest_recording as newest_recording
from app.observations.store.publications import release as release
from app.observations.store.publications import releases as releases
from app.observations.store.publications import releases_before as releases_before
from app.observations.store.publications import retract as retract
from app.observations.store.publications import series_of_release as series_of_release
