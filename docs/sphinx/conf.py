"""Configuration of the documentation site; `make docs` builds it into `site/`.

The sources are the Markdown documents in their places in the repository.
"""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "Bordercast"
author = "the Bordercast developers"
version = release = installed_version("bordercast")
language = "en"

root_doc = "docs/sphinx/contents"
include_patterns = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "app/data/README.md",
    "benchmarks/README.md",
    "benchmarks/protocol.md",
    "docs/*.md",
    "docs/sphinx/*.md",
    "notebooks/*",
]
exclude_patterns = ["**/.*", ".venv", "site", "var"]

extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "myst_nb", "mathml", "strict_html"]

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
nb_execution_mode = "off"
suppress_warnings = ["myst.xref_missing_source"]

default_role = "py:obj"

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_title = f"Bordercast {version}"
html_extra_path = ["index.html"]
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
html_math_renderer = "mathml"
