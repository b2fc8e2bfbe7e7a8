// Samples of the records at the part that somebody has chosen. While nobody looks, as when the page
// is hidden, nothing is asked for.
import { $, count, make, rows, text } from './text.js';

const MOST_ROWS = 12;
const MOST_COLUMNS = 40;
const MOST_CHARS = 120;
const A_SECOND = 4;
const AGAIN_MILLIS = 3000;
const PLACES = { source: 'from the source', stage: 'after the stage', sink: 'before the sink', deadletter: 'that went to' };

let chosen = null; // { kind, name, button }
let request = null, again = 0, paused = false;
let columns = [], samples = [];

/** Whether this part is looked at. */
export const isChosen = (kind, name) => !!chosen && chosen.kind === kind && chosen.name === name;

/** Shows the records at a part, or no longer, if it is shown. */
export function choose(kind, name, button) {
  if (isChosen(kind, name)) {
    close();
    return;
  }
  stop();
  if (chosen) chosen.button.setAttribute('aria-pressed', 'false');
  chosen = { kind, name, button };
  button.setAttribute('aria-pressed', 'true');
  paused = false;
  $('where').value = '';
  text($('samplesTitle'), 'Records ' + PLACES[kind] + ' ' + name);
  $('samples').hidden = false;
  start();
  $('samples').scrollIntoView({ block: 'nearest' });
}

function close() {
  stop();
  const button = chosen.button;
  chosen = null;
  $('samples').hidden = true;
  button.setAttribute('aria-pressed', 'false');
  button.focus();
}

/** Asks anew, and begins with an empty table. */
function start() {
  columns = [];
  samples = [];
  show();
  text($('samplesCount'), '');
  resume();
}

function resume() {
  stop();
  if (!chosen || paused || document.hidden) return;
  text($('samplesState'), '');
  const mine = request = new AbortController();
  read(mine).catch(() => later(mine, 'The connection was lost; it is tried again.'));
}

function stop() {
  clearTimeout(again);
  if (request) request.abort();
  request = null;
}

function later(mine, words) {
  if (mine !== request) return; // it was meant to end
  request = null;
  text($('samplesState'), words);
  again = setTimeout(resume, AGAIN_MILLIS);
}

async function read(mine) {
  const asked = new URLSearchParams({ part: chosen.kind + ':' + chosen.name, rate: A_SECOND, where: $('where').value });
  const response = await fetch('tap?' + asked, { signal: mine.signal });
  if (!response.ok) {
    const why = (await response.text()).trim();
    if (response.status === 503) later(mine, why);
    else if (mine === request) text($('samplesState'), why);
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '', said = '';
  for (let part = await reader.read(); !part.done && mine === request; part = await reader.read()) {
    const lines = (rest + part.value).split('\n');
    rest = lines.pop();
    for (const line of lines) said = take(JSON.parse(line, asWritten)) || said;
    if (lines.length) show();
  }
  later(mine, said || 'It has ended; it is tried again.');
}

/** Numbers stay as they were written: large ones would lose digits. */
const asWritten = (key, value, context) => typeof value === 'number' && context ? context.source : value;

/** Takes a line in; what it says, if it is the last one. */
function take(line) {
  if (line.columns) columns = line.columns.map(column => column.name);
  else if (line.record) add(line.record, '');
  else if (line.deadLetter) add(letter(line.deadLetter), line.deadLetter.reason);
  else if (line.passed !== undefined) counts(line);
  return line.end;
}

function add(record, rejected) {
  samples.unshift({ record, rejected });
  samples.length = Math.min(samples.length, MOST_ROWS);
}

function letter(told) {
  const where = { source: told.source + (told.partition ? '/' + told.partition : ''), number: told.sequence };
  const by = { 'rejected by': told.sink || told.stage || 'reading', reason: told.reason };
  return { ...where, ...by, record: told.record || told.text };
}

function counts(line) {
  const passed = Number(line.passed), looked = Number(line.looked);
  text($('samplesCount'), count(passed) + ' have passed since you look'
    + (looked < passed ? ', ' + count(looked) + ' of them were looked at' : '')
    + '; the newest ' + MOST_ROWS + ', up to ' + A_SECOND + ' a second:');
}

/** Letters have columns of their own; records those of the part, and others that they bring. */
function show() {
  const onlyLetters = chosen && chosen.kind === 'deadletter';
  const names = onlyLetters ? ['source', 'number', 'rejected by', 'reason', 'record'] : [...columns];
  for (const sample of samples) {
    if (!sample.rejected) Object.keys(sample.record).forEach(name => names.includes(name) || names.push(name));
  }
  names.length = Math.min(names.length, MOST_COLUMNS);
  const some = samples.some(sample => sample.rejected) && !onlyLetters;
  const head = some ? [...names, 'rejected'] : names;
  while ($('sampleHead').children.length > head.length) $('sampleHead').lastElementChild.remove();
  head.forEach((name, i) => {
    const th = $('sampleHead').children[i] || make('th', '', $('sampleHead'));
    th.scope = 'col';
    text(th, name);
  });
  rows($('sampleRows'), samples.map(({ record, rejected }) => {
    const values = rejected && !onlyLetters && record.record instanceof Object ? record.record : record;
    const cells = names.map(name => cell(values[name]));
    if (rejected && !onlyLetters && !(record.record instanceof Object) && cells.length) cells[0] = cell(record.record);
    return some ? [...cells, rejected] : cells;
  }));
  [...$('sampleRows').children].forEach((tr, i) => tr.classList.toggle('rejected', !!samples[i].rejected));
}

function cell(value) {
  const shown = value === undefined || value === null ? '' : Array.isArray(value) ? value.join(', ')
    : value instanceof Object ? Object.entries(value).map(([name, each]) => name + '=' + cell(each)).join('  ') : String(value);
  return shown.length > MOST_CHARS ? shown.slice(0, MOST_CHARS) + '…' : shown;
}

$('where').addEventListener('keydown', event => event.key === 'Enter' && start());
$('pause').addEventListener('click', () => {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', String(paused));
  if (paused) stop();
  else resume();
});
$('closeSamples').addEventListener('click', close);
$('samples').addEventListener('keydown', event => event.key === 'Escape' && close());
document.addEventListener('visibilitychange', () => document.hidden ? stop() : resume());
