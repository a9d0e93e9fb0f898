// Draws the chart of a page from the JSON block beside it. Without it the table under it says the same.
"use strict";
for (const place of document.querySelectorAll("[data-chart]")) {
  const said = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const axis = { stroke: colour("soft"), grid: { stroke: colour("rule"), width: 1 }, ticks: { stroke: colour("rule") } };
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", timeZone: "UTC" });
  const chart = new uPlot({
    width: Math.max(place.clientWidth, 260),
    height: 260,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    scales: { y: { range: (_, low, high) => [0, Math.max(high, 1)] } },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => day.format(new Date(tick * 1000))), space: 60 },
      { ...axis, values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? String(tick) : "")) },
    ],
    series: [
      { label: said.time, value: (_, seconds) => (seconds == null ? "–" : day.format(new Date(seconds * 1000))) },
      ...said.series.map((one) => ({ label: one.label, stroke: colour(one.colour), width: 2, dash: one.dash })),
    ],
  }, said.data, place);
  addEventListener("resize", () => chart.setSize({ width: Math.max(place.clientWidth, 260), height: 260 }));
}
