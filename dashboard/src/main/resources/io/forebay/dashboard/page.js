// Draws what /events tells, once a second. Nothing is asked for twice, nothing is sent.
import { $, children, count, duration, make, millis, percent, rate, rows, text } from './text.js';
import { forget, remember } from './plots.js';
import { choose, isChosen } from './samples.js';
import { drawEnds, drawReasons, drawWorkers } from './workers.js';

const SILENCE_MILLIS = 5000;
const AGAIN_MILLIS = 2000;

let source = null, lastHeard = 0, lastElapsed = -1, ended = false, lost = false;

// ---------------------------------------------------------------- the parts

/** The cards of a list; with Tab one comes to it, with the arrow keys from card to card. */
function cards(list, parts) {
  list.classList.toggle('many', parts.length > 12);
  if (!list.dataset.keys) {
    list.dataset.keys = 'arrows';
    list.addEventListener('keydown', event => move(list, event));
    list.addEventListener('focusin', event => reach(list, event.target.closest('li')));
  }
  const all = children(list, parts, card);
  if (!all.some(li => li.tap.tabIndex === 0)) reach(list, all[0]);
  return all;
}

function reach(list, li) {
  for (const each of list.children) each.tap.tabIndex = each === li ? 0 : -1;
}

function move(list, event) {
  const at = [...list.children].indexOf(event.target.closest('li'));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: list.children.length - 1 }[event.key];
  if (to === undefined || !list.children[to]) return;
  event.preventDefault();
  list.children[to].tap.focus();
}

function card() {
  const li = make('li', 'card'), top = make('p', 'top', li);
  li.tap = make('button', 'tap', top);
  li.tap.tabIndex = -1;
  li.tap.setAttribute('aria-controls', 'samples');
  li.tap.addEventListener('click', () => choose(li.kind, li.name.textContent, li.tap));
  li.name = make('b', '', li.tap);
  li.rate = make('span', 'rate', top);
  li.bar = make('div', 'bar', li);
  li.bar.setAttribute('role', 'img');
  li.busy = make('i', 'busy', li.bar);
  li.blocked = make('i', 'blocked', li.bar);
  li.workers = make('div', 'workers', li);
  li.detail = make('p', 'dim', li);
  li.why = make('p', 'dim why', li);
  return li;
}

function fill(li, kind, name, perSecond, busy, blocked, detail, why, bad, limits) {
  text(li.name, name);
  li.kind = kind;
  li.tap.title = name + ': show its records';
  li.tap.setAttribute('aria-pressed', String(isChosen(kind, name)));
  text(li.rate, rate(perSecond) + '/s');
  li.busy.style.width = 100 * busy + '%';
  li.blocked.style.width = 100 * Math.min(blocked, 1 - busy) + '%';
  li.bar.setAttribute('aria-label', (busy > 0 || !blocked ? 'busy ' + percent(busy) : '')
    + (blocked ? ' waits for room ' + percent(blocked) : ''));
  text(li.detail, detail);
  text(li.why, why);
  li.why.hidden = !why;
  li.classList.toggle('bad', bad);
  li.classList.toggle('limits', limits);
}

/** Each worker by its state; where they are not told apart, the busy share spread over them. */
function workers(li, stage, busy) {
  const each = stage.perWorker || [], many = each.length || stage.workers, shown = Math.min(many, 64);
  children(li.workers, Array(shown).fill(0), () => {
    const square = make('i');
    make('b', '', square);
    return square;
  }).forEach((square, i) => {
    const share = each.length ? each[i].state === 'busy' : Math.max(0, Math.min(1, busy * many - i * many / shown));
    square.className = each.length ? each[i].state : '';
    square.firstElementChild.style.height = 100 * share + '%';
  });
  li.workers.setAttribute('aria-hidden', 'true');
  li.workers.title = rate(busy * many) + ' of ' + many + ' busy';
}

const away = s => !s.finished && (s.state === 'disconnected' || s.state === 'connecting');

function draw(now) {
  const recent = now.recent, diagnosis = recent.diagnosis || now.diagnosis;
  const limits = name => !!diagnosis && diagnosis.part === name && diagnosis.kind !== 'none';
  text($('name'), now.name);
  document.title = now.name + ' – Forebay';
  text($('elapsed'), duration(now.elapsedSeconds));
  text($('readRate'), rate(recent.readPerSecond));
  text($('doneRate'), rate(recent.donePerSecond));
  for (const element of document.querySelectorAll('[data-value]')) {
    text(element, count(now.records[element.dataset.value.slice('records.'.length)]));
  }
  verdict(now, diagnosis);

  text($('sourcesCount'), now.sources.length > 1 ? count(now.sources.length) : '');
  cards($('sources'), now.sources).forEach((li, i) => {
    const s = now.sources[i], r = recent.sources[i];
    fill(li, 'source', s.name, r.recordsPerSecond, 0, r.blockedShare,
      now.sources.length > 12 ? '' : count(s.records) + ' records' + (s.finished ? ', ended' : s.state && !away(s) ? ', ' + s.state : ''),
      away(s) ? s.state + (s.detail ? ': ' + s.detail : '') : '', away(s), limits(s.name));
  });

  const used = now.forebay.slots - now.forebay.slotsFree, full = now.forebay.slots ? used / now.forebay.slots : 0;
  text($('slotsUsed'), count(used));
  text($('slots'), count(now.forebay.slots));
  $('water').style.height = 100 * full + '%';
  $('level').setAttribute('aria-label', percent(full) + ' filled');
  text($('dispatcher'), percent(now.dispatcherBusyShare));
  $('forebay').classList.toggle('limits', limits('forebay'));

  text($('stagesCount'), now.stages.length > 1 ? count(now.stages.length) : '');
  cards($('stages'), now.stages).forEach((li, i) => {
    const s = now.stages[i], r = recent.stages[i];
    fill(li, 'stage', s.name, r.recordsPerSecond, r.busyShare, r.backpressuredShare,
      (s.on || s.kind) + ' × ' + count(s.workers) + ' · ' + rate(r.rowsPerBatch) + ' rows a batch · '
        + millis(r.serviceMs) + ' ms, p99 ' + millis(s.serviceMs.p99) + ' · cpu ' + percent(s.cpuShare),
      (s.restarts ? count(s.restarts) + ' restarted' : '') + (s.restarts && s.timeouts ? ', ' : '')
        + (s.timeouts ? count(s.timeouts) + ' timed out' : ''), false, limits(s.name));
    li.why.classList.toggle('badge', s.restarts + s.timeouts > 0);
    workers(li, s, r.busyShare);
  });

  text($('sinksCount'), now.sinks.length > 1 ? count(now.sinks.length) : '');
  cards($('sinks'), now.sinks).forEach((li, i) => {
    const s = now.sinks[i], r = recent.sinks[i];
    fill(li, s.name === 'deadLetter' ? 'deadletter' : 'sink', s.name, r.recordsPerSecond, r.busyShare, 0,
      count(s.records) + ' records · ' + count(s.commits) + ' commits, p99 ' + millis(s.commitMs.p99) + ' ms'
        + (s.retries ? ' · tried again ' + count(s.retries) + ' times' : ''),
      s.away ? 'away: ' + s.away : '', !!s.away, limits(s.name));
  });
  drawWorkers(now);
  drawEnds(now);
  drawReasons(now);
  tables(now, recent);
}

function verdict(now, diagnosis) {
  text($('sentence'), now.outcome === 'running' && diagnosis ? diagnosis.sentence : now.verdict);
  const gain = diagnosis && diagnosis.gain;
  $('gain').hidden = !gain || gain.factor <= 1;
  if (gain) text($('gain'), 'Expected: ' + gain.factor.toFixed(2) + ' times as many records a second ('
    + gain.low.toFixed(2) + ' to ' + gain.high.toFixed(2) + ').');
  $('advice').hidden = !diagnosis || !diagnosis.advice;
  if (diagnosis) text($('advice'), diagnosis.advice || '');
  const wrong = now.outcome === 'running' ? now.health.reasons.slice(0, 5) : now.reason ? [now.reason] : [];
  children($('trouble'), wrong, () => make('li')).forEach((li, i) => text(li, wrong[i]));
}

function tables(now, recent) {
  rows($('sourceRows'), now.sources.map((s, i) => [s.name, count(s.records), rate(recent.sources[i].recordsPerSecond),
    percent(s.blockedShare), s.finished ? 'ended' : (s.state || '') + (s.detail ? ' (' + s.detail + ')' : '')]));
  rows($('stageRows'), now.stages.map(s => [s.name, s.on || s.kind, count(s.workers), count(s.recordsIn), count(s.recordsOut),
    count(s.batches), count(s.batchRows.p50), count(s.batchRows.max), millis(s.serviceMs.p50), millis(s.serviceMs.p99),
    millis(s.waitMs.p50), millis(s.waitMs.p99), percent(s.busyShare), percent(s.backpressuredShare), percent(s.cpuShare), percent(s.transportShare),
    count(s.restarts), count(s.timeouts)]));
  rows($('sinkRows'), now.sinks.map((s, i) => [s.name, count(s.records), rate(recent.sinks[i].recordsPerSecond),
    percent(s.busyShare), count(s.commits), millis(s.commitMs.p99), count(s.retries), s.away || '']));
}

// ---------------------------------------------------------------- the connection

function state(words, kind) {
  text($('state'), words);
  $('state').className = 'chip ' + kind;
}

function hear(now) {
  const again = now.elapsedSeconds < lastElapsed;
  if (again) forget();
  lastElapsed = now.elapsedSeconds;
  lastHeard = performance.now();
  ended = now.outcome !== 'running';
  draw(now);
  remember(now);
  if (ended) state(now.outcome, now.outcome === 'failed' ? 'bad' : 'good');
  else if (lost || again) state('running again', 'good');
  else if (!now.health.ready) state('running, but not all is there', '');
  else if ($('state').textContent !== 'running again') state('running', 'good');
  lost = false;
}

function connect() {
  source = new EventSource('events');
  source.onmessage = event => hear(JSON.parse(event.data));
  source.addEventListener('end', () => { source.close(); later(); });
  source.onerror = () => {
    lose('connection lost, trying again');
    if (source.readyState === EventSource.CLOSED) later(); // refused: full, or starting
  };
}

function lose(words) {
  if (ended) return; // the last figures stay
  lost = true;
  state(words, 'bad');
}

function later() {
  source.close();
  setTimeout(connect, AGAIN_MILLIS);
}

setInterval(() => {
  if (!lost && !ended && lastHeard && performance.now() - lastHeard > SILENCE_MILLIS) {
    lose('nothing heard for ' + Math.round((performance.now() - lastHeard) / 1000) + ' s');
  }
}, 1000);
connect();
