// What the pages gain from a script: ages that move, a copy button, an interactive light curve. Nothing here is needed to read them.
"use strict";

const UNITS = [[1, "s", 120], [60, "min", 7200], [3600, "h", 172800], [86400, "d", 63072000], [31557600, "yr", Infinity]];

function span(seconds) {
  const [scale, unit] = UNITS.find(([, , below]) => Math.abs(seconds) < below);
  const value = seconds / scale;
  return `${unit === "s" || unit === "min" ? value.toFixed(0) : value.toFixed(1)} ${unit}`;
}

// Ages that the server took: counted on from when they were shown, whatever this machine's clock says.
const shown = new WeakMap();

function growAges() {
  for (const element of document.querySelectorAll("[data-age]")) {
    let first = shown.get(element);
    if (!first || first.age !== element.dataset.age) {
      first = { age: element.dataset.age, at: performance.now() };
      shown.set(element, first);
    }
    element.textContent = span(Number(first.age) + (performance.now() - first.at) / 1000);
  }
}

function refreshAges() {
  growAges();
  for (const time of document.querySelectorAll("time[datetime]")) {
    const age = time.querySelector(".age");
    const then = Date.parse(time.dateTime);
    if (!age || Number.isNaN(then)) continue;
    const seconds = (Date.now() - then) / 1000;
    age.textContent = seconds >= 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
  }
}

function readyCopyButtons() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("button.copy[hidden]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Select and copy by hand";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function drawCurve(figure, curve) {
  const plot = figure.querySelector(".plot");
  plot.replaceChildren();
  const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
  const series = [
    { label: "T − T0 (s)" },
    { label: "rate (s⁻¹)", stroke: colour("--link"), width: 1, paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } },
  ];
  const data = [curve.t_s, curve.rate_cts_s];
  if (typeof curve.background_cts_s === "number") {
    series.push({ label: "background", stroke: colour("--warning"), width: 1, dash: [6, 4], points: { show: false } });
    data.push(curve.t_s.map(() => curve.background_cts_s));
  }
  const options = {
    title: curve.title,
    width: plot.clientWidth,
    height: 280,
    scales: { x: { time: false } },
    axes: [{ ...axis, label: `T − T0 (s, at the ${curve.time_frame})` }, { ...axis, label: "counts / s", size: 80 }],
    series,
  };
  return new uPlot(options, data, plot);
}

async function drawCurves() {
  if (typeof uPlot === "undefined") return;
  for (const figure of document.querySelectorAll("figure.curve[hidden]")) {
    const answer = await fetch(figure.dataset.curve);
    if (!answer.ok) continue;
    const curve = await answer.json();
    figure.hidden = false;
    let chart = drawCurve(figure, curve);
    const redraw = () => { chart.destroy(); chart = drawCurve(figure, curve); };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    new ResizeObserver(() => {
      const width = figure.querySelector(".plot").clientWidth;
      if (width && width !== chart.width) chart.setSize({ width, height: 280 });
    }).observe(figure);
  }
}

// A page that has silently stopped following is worse than one that never did: say which it is.
function showLive(on) {
  const mark = document.getElementById("live-state");
  const state = on ? "on" : "off";
  if (!mark || mark.dataset.live === state) return;
  mark.hidden = false;
  mark.dataset.live = state;
  mark.textContent = on ? "live" : "not live: connecting…";
}

function refresh() {
  refreshAges();
  readyCopyButtons();
  drawCurves();
}

document.addEventListener("DOMContentLoaded", refresh);
document.addEventListener("htmx:after:swap", refresh);
document.addEventListener("htmx:sse:after:connection", () => showLive(true));
for (const name of ["htmx:sse:before:connection", "htmx:sse:error", "htmx:sse:close", "htmx:error"]) {
  document.addEventListener(name, () => showLive(false));
}
setInterval(refreshAges, 5000);
