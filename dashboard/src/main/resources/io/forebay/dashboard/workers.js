// The workers, how some of them have ended, and why records went to dead letter.
import { $, ago, children, count, duration, make, percent, rate, text } from './text.js';

/** Each worker: its state, the batch that it has and since when, its share of a core. */
export function drawWorkers(now) {
  const stages = now.stages.map((stage, i) => ({ stage, lately: now.recent.stages[i].perWorker || [] }))
    .filter(one => one.stage.perWorker);
  $('workers').hidden = stages.length === 0;
  children($('workersOf'), stages, group).forEach((element, i) => {
    const { stage, lately } = stages[i], each = stage.perWorker;
    const busy = each.filter(worker => worker.state === 'busy').length;
    text(element.heading, stage.name + ': ' + count(busy) + ' of ' + count(each.length) + ' busy');
    element.list.setAttribute('aria-label', 'Workers of ' + stage.name);
    children(element.list, each, tile).forEach((li, k) => fillTile(li, each[k], lately[k]));
  });
}

function group() {
  const element = make('div', 'workersOfOne');
  element.heading = make('h3', '', element);
  element.list = make('ul', 'tiles', element);
  element.list.tabIndex = 0; // may scroll
  return element;
}

function tile() {
  const li = make('li', 'tile'), top = make('p', 'top', li);
  li.number = make('b', '', top);
  li.state = make('span', 'state', top);
  li.batch = make('p', '', li);
  li.core = make('p', 'dim', li);
  li.bar = make('div', 'bar', li);
  li.bar.setAttribute('aria-hidden', 'true');
  li.used = make('i', 'busy', li.bar);
  return li;
}

function fillTile(li, worker, lately) {
  text(li.number, 'worker-' + (worker.worker + 1));
  text(li.state, worker.state);
  li.className = 'tile ' + worker.state;
  text(li.batch, worker.state !== 'busy' ? 'no batch'
    : count(worker.batchRows) + (worker.batchRows === 1 ? ' row for ' : ' rows for ') + spell(worker.batchSeconds));
  const share = lately ? lately.cpuShare : 0;
  text(li.core, (worker.cpuSeconds === undefined ? '' : percent(share) + ' of a core · ')
    + rate(lately ? lately.recordsPerSecond : 0) + '/s' + (worker.restarts ? ' · restarted ' + count(worker.restarts) + '×' : ''));
  li.used.style.width = Math.min(100, 100 * share) + '%';
  li.title = worker.pid ? 'process ' + worker.pid : '';
}

const spell = seconds => seconds < 0.9995 ? Math.round(seconds * 1000) + ' ms' : duration(seconds);

/** How workers have ended, the newest first. What is open stays open. */
export function drawEnds(now) {
  const ends = now.stages.flatMap(stage => (stage.ended || []).map(end => ({ ...end, key: stage.name + '\n' + end.number })))
    .sort((a, b) => b.atSeconds - a.atSeconds);
  const all = now.stages.reduce((sum, stage) => sum + Math.max(0, ...(stage.ended || []).map(end => end.number)), 0);
  $('ends').hidden = ends.length === 0;
  text($('endsCount'), ends.length < all ? 'the last ' + count(ends.length) + ' of ' + count(all) : count(all));
  const list = $('endsList'), there = new Map([...list.children].map(li => [li.key, li]));
  ends.forEach((end, i) => {
    const li = there.get(end.key) || ended(end);
    there.delete(end.key);
    if (list.children[i] !== li) list.insertBefore(li, list.children[i] || null);
    text(li.when, ago(end.atSeconds, now.elapsedSeconds));
  });
  there.forEach(li => li.remove());
}

function ended(end) {
  const li = make('li'), details = make('details', '', li), summary = make('summary', '', details);
  li.key = end.key;
  text(make('b', '', summary), end.worker);
  summary.append(' ' + end.what + ' ');
  li.when = make('span', 'dim', summary);
  text(make('p', '', details), (end.advice ? capital(end.advice) + '. ' : '') + (end.pid ? 'It was process ' + end.pid : 'It had not begun its work')
    + ', ' + duration(end.atSeconds) + ' after the start; '
    + (end.batchesRetried ? count(end.batchesRetried) + ' of its batches went to other workers.' : 'no batch of it had to be given to another.'));
  const evidence = make('pre', '', details);
  text(evidence, end.evidence || 'It has left no evidence.');
  evidence.tabIndex = 0;
  evidence.setAttribute('aria-label', 'What ' + end.worker + ' has left');
  return li;
}

const capital = words => words.charAt(0).toUpperCase() + words.slice(1);

/** Why records went to dead letter, the most frequent reason first. */
export function drawReasons(now) {
  const reasons = now.deadLetterReasons || [];
  $('letters').hidden = reasons.length === 0;
  text($('lettersCount'), count(now.records.deadLettered));
  children($('reasonRows'), reasons, reasonRow).forEach((tr, i) => {
    const { stage, reason, count: records, newest } = reasons[i];
    text(tr.reason, reason);
    text(tr.records, count(records));
    text(tr.by, stage || 'reading');
    text(tr.newest, newest.source + (newest.partition ? '/' + newest.partition : '') + ' ' + newest.sequence
      + ', ' + ago(newest.atSeconds, now.elapsedSeconds));
  });
}

function reasonRow() {
  const tr = make('tr');
  tr.reason = make('th', 'reason', tr);
  tr.reason.scope = 'row';
  tr.records = make('td', '', tr);
  tr.by = make('td', '', tr);
  tr.newest = make('td', '', tr);
  return tr;
}
