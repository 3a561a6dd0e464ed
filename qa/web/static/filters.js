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
  const count = element('span', { class: 'qa-count', 'aria-live': 'polite' });
  const summary = element('summary', {}, element('span', {}, t('filters.search_in')), ' ', count);
  const body = element('div', { class: 'qa-filter-body' });
  place.append(element('details', { class: 'qa-filter-box' }, summary, body));

  function blank() {
    return { documents: [], languages: [], sections: [], since: '', until: '' };
  }

  /** Read anew what there is to choose; what was chosen and is no longer there goes. Returns what is to be told of it. */
  async function refresh() {
    const answer = await fetch(`api/filters?${new URLSearchParams({ collection })}`);
    if (!answer.ok) {
      const problem = await problemOf(answer);
      if (collection !== 'library') {
        collection = 'library';
        await refresh();
      }
      count.textContent = problem;
      return problem;
    }
    let problem = '';
    offered = await answer.json();
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
    const answer = await fetch('api/scope', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ collection, filters: chosen }),
    });
    if (!answer.ok) {
      count.textContent = await problemOf(answer);
      count.classList.add('qa-wrong');
      return;
    }
    const scope = await answer.json();
    const undated = scope.undated ? ` · ${t('filters.undated', { count: scope.undated })}` : '';
    count.classList.remove('qa-wrong');
    count.textContent = `${t('answer.paragraphs', { count: scope.paragraphs })} · ${t('answer.documents', { count: scope.documents })}${undated}`;
  }

  function draw() {
    body.replaceChildren();
    if (offered.own) body.append(collections());
    for (const list of LISTS) if (offered[list].length > 1) body.append(choices(list));
    if (offered.first) body.append(dates());
    body.append(button(t('filters.reset'), reset, { class: 'qa-button qa-reset' }));
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
      set.append(element('label', {}, input, ' ', t(`page.${name}`)));
    }
    return set;
  }

  function choices(list) {
    const set = element('fieldset', { class: 'qa-choices' }, element('legend', {}, t(`filters.${list}`)));
    const rows = element('div', { class: 'qa-choice-list' });
    const row = (each) => {
      const input = element('input', { type: 'checkbox', value: each.value, checked: chosen[list].includes(each.value) });
      input.addEventListener('change', () => {
        chosen[list] = input.checked ? [...chosen[list], each.value] : chosen[list].filter((one) => one !== each.value);
        tellCount();
      });
      const note = element('span', { class: 'qa-note' }, each.note);
      return element('label', {}, input, ' ', element('bdi', {}, each.label), ' ', note);
    };
    const fill = (wanted) => {
      const fits = (each) => `${each.label} ${each.note}`.toLocaleLowerCase().includes(wanted);
      rows.replaceChildren(...offered[list].filter(fits).slice(0, DRAWN).map(row));
    };
    fill('');
    if (offered[list].length > FEW) {
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
      set.append(element('label', {}, t(label), ' ', input));
    }
    return set;
  }

  function reset() {
    chosen = blank();
    draw();
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
