// What the page can do beyond its HTML: charts that answer the pointer, and changes without reloading it.

const PHONE = 620, MIDDLE = 1020; // the breaks of the pictures in parts.html
const RELOAD = 4000; // milliseconds after which a forecast that was being computed is asked for again
let asked = null; // the request under way, which a newer one ends

function width() {
  if (matchMedia(`(max-width: ${PHONE}px)`).matches) return 360;
  return matchMedia(`(max-width: ${MIDDLE}px)`).matches ? 720 : 960;
}

let loading = null;
function vega(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.vegaEmbed);
    script.onerror = reject;
    document.head.append(script);
  });
  return loading;
}

// The tooltip of a mark: its title and its values, which have no label if their name is blank.
function tooltip({ title, ...values }, clean) {
  const rows = Object.entries(values).map(([name, value]) =>
    `<tr>${name.trim() && `<td class="key">${clean(name)}</td>`}<td class="value">${clean(value)}</td></tr>`);
  return `<h2>${clean(title)}</h2><table>${rows.join("")}</table>`;
}

// Whichever width was asked for last is shown: an answer that comes after that of a later one is dropped.
async function draw(chart) {
  const bundle = document.querySelector("main").dataset.vega;
  if (!bundle) return;
  const address = new URL(chart.dataset.spec, location.href);
  address.searchParams.set("width", width());
  chart.wanted = address.href;
  if (chart.dataset.shown === address.href) return;
  const [embed, answer] = await Promise.all([vega(bundle), fetch(address)]);
  if (!answer.ok) return;
  const specification = await answer.json();
  if (chart.wanted !== address.href) return;
  const drawn = document.createElement("div");
  drawn.className = "drawn";
  drawn.setAttribute("role", "img");
  drawn.setAttribute("aria-label", chart.querySelector("img").alt);
  chart.append(drawn);
  const made = await embed(drawn, specification, {
    actions: false,
    ast: true,
    defaultStyle: false,
    renderer: "svg",
    tooltip: { disableDefaultStyle: true, theme: "custom", formatTooltip: tooltip },
  });
  if (chart.wanted !== address.href) {
    made.finalize();
    return drawn.remove();
  }
  const svg = drawn.querySelector("svg");
  svg.setAttribute("aria-hidden", "true");
  chart.made?.finalize();
  chart.made = made;
  chart.dataset.shown = address.href;
  for (const other of chart.querySelectorAll(".drawn")) if (other !== drawn) other.remove();
  chart.classList.add("live");
}

// Charts are drawn when they come near; the first of them matters most and is drawn at once.
const near = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) draw(entry.target).catch(() => {});
}, { rootMargin: "300px" });

// Show another state of the page in place of this one.
async function show(address, { remember = true, focus = null } = {}) {
  asked?.abort();
  asked = new AbortController();
  const main = document.querySelector("main");
  main.classList.add("waiting");
  try {
    const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "text/html" } });
    if (!answer.headers.get("Content-Type")?.startsWith("text/html")) return location.assign(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const open = [...main.querySelectorAll("details")].map((details) => details.open);
    const place = scrollY;
    document.title = page.title;
    document.documentElement.lang = page.documentElement.lang;
    for (const part of ["main", "footer.bottom", "header.top"]) {
      const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
      if (old && fresh) old.replaceWith(fresh);
    }
    const canonical = page.querySelector("link[rel=canonical]");
    if (canonical) document.querySelector("link[rel=canonical]").href = canonical.href;
    document.querySelectorAll("main details").forEach((details, at) => { details.open = open[at] ?? details.open; });
    if (remember) history.pushState(null, "", address);
    begin();
    scrollTo({ top: place, behavior: "instant" });
    if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  }
}

const DAY = 86_400_000;
const ofDay = (text) => Date.parse(`${text}T00:00:00Z`) / DAY;
const asText = (day) => new Date(day * DAY).toISOString().slice(0, 10);

function slide(form) {
  const slider = form.querySelector("#day"), field = form.querySelector("#as-of");
  const { lang } = document.documentElement;
  const words = new Intl.DateTimeFormat(`${lang}-US`, { dateStyle: "long", timeZone: "UTC" });
  Object.assign(slider, { min: ofDay(field.min), max: ofDay(field.max), step: 1, value: ofDay(field.value) });
  const say = () => slider.setAttribute("aria-valuetext", words.format(slider.value * DAY));
  say();
  slider.hidden = false;
  let waiting;
  slider.addEventListener("input", () => {
    field.value = asText(slider.value);
    say();
    clearTimeout(waiting);
    waiting = setTimeout(() => submit(form, "day"), 400);
  });
}

function submit(form, focus) {
  const given = new URLSearchParams(new FormData(form));
  const field = form.querySelector("#as-of");
  if (field && field.value === field.max) given.delete("as_of"); // today is what is known now
  for (const [name, value] of [...given]) if (!value) given.delete(name); // blank fields ask for nothing
  const [path] = form.getAttribute("action").split("#");
  show(`${path}?${given}`, { focus });
}

// What a button copies: a table with tabs between its cells, or the text of another element.
function copied(element) {
  if (!element.matches("table")) return element.innerText.trim();
  return [...element.rows].map((row) => [...row.cells].map((cell) => cell.innerText.trim()).join("\t")).join("\n");
}

function begin() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  const [first, ...others] = document.querySelectorAll(".chart");
  const drawn = first && draw(first).catch(() => {}); // the picture stays
  // Live charts are white on paper, dark pictures are not: these are made live before they are printed.
  if (matchMedia("(prefers-color-scheme: dark)").matches) drawn?.then(() => others.forEach((chart) => draw(chart).catch(() => {})));
  else others.forEach((chart) => near.observe(chart));
  const form = document.querySelector(".as-of");
  if (form) slide(form);
  if (document.querySelector("[data-reload]")) {
    const here = location.href;
    setTimeout(() => { if (location.href === here) show(here, { remember: false }); }, RELOAD);
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(copied(document.getElementById(button.dataset.copy)));
  button.setAttribute("aria-live", "polite");
  const said = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = said; }, 2000);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-swap]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button) return;
  event.preventDefault();
  show(link.href, { focus: link.id });
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-swap]")) return;
  event.preventDefault();
  submit(event.target, document.activeElement?.id);
});
document.addEventListener("change", (event) => {
  if (event.target.matches(".choose select")) submit(event.target.form, event.target.id);
});
addEventListener("popstate", () => show(location.href, { remember: false }));
for (const broken of [PHONE, MIDDLE]) {
  matchMedia(`(max-width: ${broken}px)`).addEventListener("change", () => {
    document.querySelectorAll(".chart").forEach((chart) => draw(chart).catch(() => {}));
  });
}
begin();
