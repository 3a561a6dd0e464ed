// What is searched: which collection, and which of its documents, languages, dates and sections.
import { button, element } from './dom.js';
import { problemOf, t } from './strings.js';

const LISTS = ['documents', 'languages', 'sections'];
const PARAMETERS = { documents: 'd', languages: 'l', sections: 's', since: 'from', until: 'to' };
const FEW = 12; // choices; more get a field that narrows them down
const DRAWN = 200; // rows at a time, however many there are

export function mountFilters(place, { onCollection, onOffered }) {
  let collection = 'library';
  let chosen = blank();
  let offered = null;
  let latest = 0; // number of the last count that was asked for; an earlier one may arrive later
  const count = element('span', { class: 'qa-count', 'aria-live': 'polite' });
  const summary = element('summary', {}, element('span', {}, t('filters.search_in')), ' ', count);
  const body = element('div', { class: 'qa-filter-body' });
  const clear = button(t('filters.reset'), reset, { class: 'qa-button qa-reset', hidden: true });
  place.append(element('details', { class: 'qa-filter-box' }, summary, body), clear);

  function blank() {
    return { documents: [], languages: [], sections: [], since: '', until: '' };
  }

  /** What an address answers, or `{ error }`. */
  async function answerOf(address, options) {
    try {
      const answer = await fetch(address, options);
      return answer.ok ? await answer.json() : { error: await problemOf(answer) };
    } catch {
      return { error: t('errors.unreachable') };
    }
  }

  /** Read anew what there is to choose; what was chosen and is no longer there goes. Returns what is to be told of it. */
  async function refresh() {
    const found = await answerOf(`api/filters?${new URLSearchParams({ collection })}`);
    if (found.error) {
      if (collection !== 'library') {
        collection = 'library';
        onCollection(collection);
        await refresh();
      }
      tell(found.error, true);
      return found.error;
    }
    let problem = '';
    offered = found;
    onOffered(offered, collection);
    for (const list of LISTS) {
      const values = new Set(offered[list].map((each) => each.value));
      const gone = chosen[list].find((value) => !values.has(value));
      if (gone) problem ||= t(`filters.unknown_${list.slice(0, -1)}`, { value: gone });
      chosen[list] = chosen[list].filter((value) => values.has(value));
    }
    draw();
    await tellCount();
    return problem;
  }

  async function tellCount() {
    const number = ++latest;
    clear.hidden = Object.values(chosen).every((each) => !each.length);
    const scope = await answerOf('api/scope', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ collection, filters: chosen }),
    });
    if (number !== latest) return;
    if (scope.error) return tell(scope.error, true);
    const parts = [t('answer.paragraphs', { count: scope.paragraphs }), t('answer.documents', { count: scope.documents })];
    if (scope.undated) parts.push(t('filters.undated', { count: scope.undated }));
    tell(parts.join(' · '));
  }

  function tell(text, isWrong = false) {
    count.textContent = text;
    count.classList.toggle('qa-wrong', isWrong);
  }

  function draw() {
    const focused = body.contains(document.activeElement) ? document.activeElement : null;
    furnish();
    const same = (each) => ['type', 'name', 'value'].every((key) => each[key] === focused[key]);
    if (focused) [...body.querySelectorAll('input')].find(same)?.focus();
  }

  function furnish() {
    body.replaceChildren();
    if (offered.own) body.append(collections());
    for (const list of LISTS) if (offered[list].length > 1) body.append(choices(list));
    if (offered.first) body.append(dates());
  }

  function collections() {
    const set = element('fieldset', {}, element('legend', {}, t('page.collection')));
    for (const name of ['library', 'own']) {
      const input = element('input', { type: 'radio', name: 'qa-collection', value: name, checked: name === collection });
      input.addEventListener('change', () => {
        collection = name;
        chosen = blank();
        onCollection(name);
        refresh();
      });
      set.append(element('label', {}, input, element('span', {}, t(`page.${name}`))));
    }
    return set;
  }

  function choices(list) {
    const set = element('fieldset', { class: `qa-choices qa-${list}-choices` }, element('legend', {}, t(`filters.${list}`)));
    const rows = element('div', { class: 'qa-choice-list' });
    const row = (each) => {
      const input = element('input', { type: 'checkbox', value: each.value, checked: chosen[list].includes(each.value) });
      input.addEventListener('change', () => {
        chosen[list] = input.checked ? [...chosen[list], each.value] : chosen[list].filter((one) => one !== each.value);
        tellCount();
      });
      const note = element('span', { class: 'qa-note' }, each.note);
      return element('label', {}, input, element('span', {}, element('bdi', {}, each.label), ' ', note));
    };
    const isLong = offered[list].length > FEW;
    const fill = (wanted) => {
      const isFirst = (each) => isLong && chosen[list].includes(each.value); // what is chosen is always in sight
      const fits = (each) => !isFirst(each) && `${each.label} ${each.note}`.toLocaleLowerCase().includes(wanted);
      const shown = [...offered[list].filter(isFirst), ...offered[list].filter(fits)];
      rows.replaceChildren(...shown.slice(0, DRAWN).map(row));
    };
    fill('');
    if (isLong) {
      const narrow = element('input', { type: 'search', 'aria-label': t('page.narrow'), placeholder: t('page.narrow'), dir: 'auto' });
      narrow.addEventListener('input', () => fill(narrow.value.toLocaleLowerCase()));
      set.append(narrow);
    }
    set.append(rows);
    return set;
  }

  function dates() {
    const set = element('fieldset', { class: 'qa-dates' }, element('legend', {}, t('filters.dates')));
    for (const [name, label, hint] of [['since', 'filters.from', offered.first], ['until', 'filters.to', offered.last]]) {
      const input = element('input', { type: 'text', inputmode: 'numeric', placeholder: hint, dir: 'ltr', value: chosen[name] });
      input.addEventListener('change', () => {
        chosen[name] = input.value.trim();
        tellCount();
      });
      set.append(element('label', {}, element('span', {}, t(label)), input));
    }
    return set;
  }

  function reset() {
    chosen = blank();
    draw();
    summary.focus(); // the button goes
    tellCount();
  }

  return {
    ready: refresh(),
    refresh,
    wanted: () => ({ collection, filters: structuredClone(chosen) }),
    /** What a link says of the collection and the filters that a turn was asked with. */
    asParameters(turn) {
      const pairs = turn.collection === 'own' ? [['c', 'own']] : [];
      for (const [name, short] of Object.entries(PARAMETERS)) {
        for (const value of [turn.filters[name]].flat()) if (value) pairs.push([short, value]);
      }
      return pairs;
    },
    /** Choose what such a link says; returns why it cannot be, or ''. */
    fromParameters(parameters) {
      chosen = blank();
      for (const [name, short] of Object.entries(PARAMETERS)) {
        chosen[name] = LISTS.includes(name) ? parameters.getAll(short) : (parameters.get(short) ?? '');
      }
      collection = parameters.get('c') === 'own' ? 'own' : 'library';
      return refresh();
    },
  };
}
