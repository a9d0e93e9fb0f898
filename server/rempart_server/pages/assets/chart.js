// Draws the chart of a page from the JSON block beside it. Without it the table under it says the same.
"use strict";
for (const place of document.querySelectorAll("[data-chart]")) {
  const said = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const axis = { stroke: colour("soft"), grid: { stroke: colour("rule"), width: 1 }, ticks: { stroke: colour("rule") } };
  const days = [1, 2, 7, 14, 30, 61, 122, 365].map((count) => count * 86400);
  const whole = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000];
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", timeZone: "UTC" });
  const chart = new uPlot({
    width: Math.max(place.clientWidth, 260),
    height: 260,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    scales: { y: { range: (_, low, high) => [0, Math.max(high, 1)] } },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => day.format(new Date(tick * 1000))), space: 60, incrs: days },
      { ...axis, incrs: whole },
    ],
    series: [
      { label: said.time, value: (_, seconds) => (seconds == null ? "–" : day.format(new Date(seconds * 1000))) },
      ...said.series.map((one) => ({ label: one.label, stroke: colour(one.colour), width: 2, dash: one.dash })),
    ],
  }, said.data, place);
  addEventListener("resize", () => chart.setSize({ width: Math.max(place.clientWidth, 260), height: 260 }));
}
