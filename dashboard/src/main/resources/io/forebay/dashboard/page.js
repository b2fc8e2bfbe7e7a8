'use strict';
// Draws what /events tells, once a second. Nothing is asked for twice, nothing is sent.
(() => {
  const HISTORY = 600; // seconds that the plots show
  const SILENCE_MILLIS = 5000;
  const AGAIN_MILLIS = 2000;
  const $ = id => document.getElementById(id);
  const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
  const count = n => integers.format(n);
  const rate = n => n > 0 && n < 9.95 ? n.toFixed(1) : count(n);
  const percent = share => share > 0 && share < 0.005 ? '<1 %' : Math.round(share * 100) + ' %';
  const millis = ms => ms < 1 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : count(ms);

  let source = null, lastHeard = 0, lastElapsed = -1, ended = false, lost = false;

  function text(element, value) {
    if (element.textContent !== value) element.textContent = value; // else aria-live repeats it
  }

  function make(tag, className, parent) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (parent) parent.append(element);
    return element;
  }

  function duration(seconds) {
    const s = Math.floor(seconds), two = n => String(n).padStart(2, '0');
    return s < 60 ? seconds.toFixed(1) + ' s'
      : (s >= 3600 ? Math.floor(s / 3600) + ':' + two(Math.floor(s / 60) % 60) : Math.floor(s / 60)) + ':' + two(s % 60);
  }

  // ---------------------------------------------------------------- the parts

  /** As many children as there are parts, made once and then only filled. */
  function children(list, parts, build) {
    while (list.children.length > parts.length) list.lastElementChild.remove();
    while (list.children.length < parts.length) list.append(build());
    list.classList.toggle('many', parts.length > 12);
    if (parts.length > 4) { // may scroll
      list.tabIndex = 0;
      list.setAttribute('aria-label', list.id);
    }
    return parts.map((part, i) => list.children[i]);
  }

  function card() {
    const li = make('li', 'card'), top = make('p', 'top', li);
    li.name = make('b', '', top);
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

  function fill(li, name, perSecond, busy, blocked, detail, why, bad, limits) {
    text(li.name, name);
    li.name.title = name;
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

  /** The busy share spread over the workers: so many are busy all the time, one for the rest. */
  function workers(li, many, busy) {
    const shown = Math.min(many, 64);
    while (li.workers.children.length > shown) li.workers.lastElementChild.remove();
    while (li.workers.children.length < shown) make('b', '', make('i', '', li.workers));
    for (let i = 0; i < shown; i++) {
      const share = Math.max(0, Math.min(1, busy * many - i * many / shown));
      li.workers.children[i].firstElementChild.style.height = 100 * share + '%';
    }
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
    children($('sources'), now.sources, card).forEach((li, i) => {
      const s = now.sources[i], r = recent.sources[i];
      fill(li, s.name, r.recordsPerSecond, 0, r.blockedShare,
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
    children($('stages'), now.stages, card).forEach((li, i) => {
      const s = now.stages[i], r = recent.stages[i];
      fill(li, s.name, r.recordsPerSecond, r.busyShare, r.backpressuredShare || 0,
        (s.on || s.kind) + ' × ' + count(s.workers) + ' · ' + rate(r.rowsPerBatch) + ' rows a batch · '
          + millis(r.serviceMs) + ' ms, p99 ' + millis(s.serviceMs.p99) + ' · cpu ' + percent(s.cpuShare),
        (s.restarts ? count(s.restarts) + ' restarted' : '') + (s.restarts && s.timeouts ? ', ' : '')
          + (s.timeouts ? count(s.timeouts) + ' timed out' : ''), false, limits(s.name));
      li.why.classList.toggle('badge', s.restarts + s.timeouts > 0);
      workers(li, s.workers, r.busyShare);
    });

    text($('sinksCount'), now.sinks.length > 1 ? count(now.sinks.length) : '');
    children($('sinks'), now.sinks, card).forEach((li, i) => {
      const s = now.sinks[i], r = recent.sinks[i];
      fill(li, s.name, r.recordsPerSecond, r.busyShare, 0,
        count(s.records) + ' records · ' + count(s.commits) + ' commits, p99 ' + millis(s.commitMs.p99) + ' ms'
          + (s.retries ? ' · tried again ' + count(s.retries) + ' times' : ''),
        s.away ? 'away: ' + s.away : '', !!s.away, limits(s.name));
    });
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
      millis(s.waitMs.p50), millis(s.waitMs.p99), percent(s.busyShare), percent(s.cpuShare), percent(s.transportShare),
      count(s.restarts), count(s.timeouts)]));
    rows($('sinkRows'), now.sinks.map((s, i) => [s.name, count(s.records), rate(recent.sinks[i].recordsPerSecond),
      percent(s.busyShare), count(s.commits), millis(s.commitMs.p99), count(s.retries), s.away || '']));
  }

  function rows(body, cells) {
    children(body, cells, () => make('tr')).forEach((tr, i) => {
      cells[i].forEach((value, k) => {
        let cell = tr.children[k];
        if (!cell) {
          cell = make(k ? 'td' : 'th', '', tr);
          if (!k) cell.scope = 'row';
        }
        text(cell, value);
      });
    });
  }

  // ---------------------------------------------------------------- the plots

  const times = [];
  const plots = [
    { id: 'plotRate', names: () => ['read', 'done'], values: n => [n.recent.readPerSecond, n.recent.donePerSecond], show: rate },
    { id: 'plotFill', names: () => ['filled'], top: 100, show: v => Math.round(v) + ' %',
      values: n => [n.forebay.slots ? 100 * (1 - n.forebay.slotsFree / n.forebay.slots) : 0] },
    { id: 'plotRows', names: n => n.stages.map(s => s.name), values: n => n.recent.stages.map(s => s.rowsPerBatch || null), show: rate },
    { id: 'plotService', names: n => n.stages.map(s => s.name), values: n => n.recent.stages.map(s => s.serviceMs || null), show: millis },
  ];

  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

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

  const width = p => Math.max(200, $(p.id).clientWidth);

  function remember(now) {
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

  function forget() {
    times.length = 0;
    for (const p of plots) p.data = null;
  }

  new ResizeObserver(() => plots.forEach(p => p.chart && p.chart.setSize({ width: width(p), height: 170 }))).observe($('plots'));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
    plots.forEach(p => p.chart && plot(p, p.names_.split('\n'))));

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
    if (!times.length || times[times.length - 1] < now.elapsedSeconds) remember(now);
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
})();
