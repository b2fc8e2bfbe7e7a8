// Numbers as people read them, and elements that are made once and then only filled.
const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export const $ = id => document.getElementById(id);
export const count = n => integers.format(n);
export const rate = n => n > 0 && n < 9.95 ? n.toFixed(1) : count(n);
export const percent = share => share > 0 && share < 0.005 ? '<1 %' : Math.round(share * 100) + ' %';
export const millis = ms => ms < 1 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : count(ms);

export function duration(seconds) {
  const s = Math.floor(seconds), two = n => String(n).padStart(2, '0');
  return s < 60 ? seconds.toFixed(1) + ' s'
    : (s >= 3600 ? Math.floor(s / 3600) + ':' + two(Math.floor(s / 60) % 60) : Math.floor(s / 60)) + ':' + two(s % 60);
}

/** How long ago something was that happened at a second of the run. */
export function ago(at, now) {
  const seconds = Math.max(0, now - at);
  return seconds < 1 ? 'just now' : (seconds < 60 ? Math.floor(seconds) + ' s' : duration(seconds)) + ' ago';
}

export function text(element, value) {
  if (element.textContent !== value) element.textContent = value; // else aria-live repeats it
}

export function make(tag, className, parent) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (parent) parent.append(element);
  return element;
}

/** As many children as there are things to be shown, made once and then only filled. */
export function children(list, things, build) {
  while (list.children.length > things.length) list.lastElementChild.remove();
  while (list.children.length < things.length) list.append(build());
  return things.map((thing, i) => list.children[i]);
}

/** The rows of a table, each an array of texts; the first one of each is its heading. */
export function rows(body, cells) {
  children(body, cells, () => make('tr')).forEach((tr, i) => {
    children(tr, cells[i], () => make(tr.children.length ? 'td' : 'th', '')).forEach((cell, k) => {
      if (!k) cell.scope = 'row';
      text(cell, cells[i][k]);
    });
  });
}
