// The last ten minutes as plots.
import { $, count, duration, millis, rate } from './text.js';

const HISTORY = 600; // seconds
const times = [];
const lately = n => n.recent.arrivalToCommitMs || { mean: null, p99: null };
const plots = [
  { id: 'plotRate', names: () => ['read', 'done'], values: n => [n.recent.readPerSecond, n.recent.donePerSecond], show: rate },
  { id: 'plotFill', names: () => ['filled'], top: 100, show: v => Math.round(v) + ' %',
    values: n => [n.forebay.slots ? 100 * (1 - n.forebay.slotsFree / n.forebay.slots) : 0] },
  { id: 'plotRows', names: n => n.stages.map(s => s.name), values: n => n.recent.stages.map(s => s.rowsPerBatch || null), show: rate },
  { id: 'plotService', names: n => n.stages.map(s => s.name), values: n => n.recent.stages.map(s => s.serviceMs || null), show: millis },
  { id: 'plotLatency', names: () => ['mean', '99 %'], values: n => [lately(n).mean, lately(n).p99], show: millis },
];

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const width = p => Math.max(200, $(p.id).clientWidth);

function plot(p, names) {
  if (p.chart) p.chart.destroy();
  p.names_ = names.join('\n');
  const axis = { stroke: colour('--dim'), grid: { stroke: colour('--grid'), width: 1 }, ticks: { stroke: colour('--grid') } };
  p.chart = new uPlot({
    width: width(p), height: 170,
    cursor: { y: false },
    scales: { x: { time: false }, y: { range: (u, low, high) => [0, p.top || Math.max(high * 1.1, 1e-3)] } },
    axes: [{ ...axis, values: (u, at) => at.map(v => duration(v).replace(/\.0 s/, ' s')) }, { ...axis, size: 62, values: (u, at) => at.map(v => p.top ? v : v >= 10 ? count(v) : +v.toFixed(3)) }],
    series: [{ label: 'at', value: (u, v) => v == null ? '–' : duration(v) },
      ...names.map((name, i) => ({ label: name, stroke: colour('--series' + (i % 4 + 1)), width: 2,
        dash: i > 3 ? [6, 3] : undefined, points: { show: false }, value: (u, v) => v == null ? '–' : p.show(v) }))],
  }, [times, ...p.data], $(p.id));
}

/** Takes in what is so now, if it is new. */
export function remember(now) {
  if (times.length && times[times.length - 1] >= now.elapsedSeconds) return;
  times.push(now.elapsedSeconds);
  if (times.length > HISTORY) times.shift();
  for (const p of plots) {
    const values = p.values(now), names = p.names(now).slice(0, 8);
    if (!p.data || p.data.length !== names.length) p.data = names.map(() => times.slice(1).map(() => null));
    p.data.forEach((series, i) => {
      series.push(values[i]);
      if (series.length > HISTORY) series.shift();
    });
    if (names.length === 0) continue;
    if (!p.chart || p.names_ !== names.join('\n')) plot(p, names);
    else p.chart.setData([times, ...p.data]);
    p.chart.setLegend({ idx: times.length - 1 });
  }
}

/** Another run has begun. */
export function forget() {
  times.length = 0;
  for (const p of plots) p.data = null;
}

new ResizeObserver(() => plots.forEach(p => p.chart && p.chart.setSize({ width: width(p), height: 170 }))).observe($('plots'));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
  plots.forEach(p => p.chart && plot(p, p.names_.split('\n'))));
