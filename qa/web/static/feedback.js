// Telling what is wrong: whether an answer is useful, and which of its citations are wrong.
import { button, element } from './dom.js';
import { lasting } from './storage.js';
import { problemOf, t } from './strings.js';

const KEPT = 'qa-feedback'; // in localStorage: what was said, so that buttons show it again
const MOST_KEPT = 300;
const MOST_CITATIONS = 200; // of a long list; the server takes somewhat more
const LONGEST_NOTE = 2000;

const THUMB = 'M8 11 11.5 3.5c1.6 0 2.6 1.1 2.6 2.7V9h4.8c1.4 0 2.4 1.2 2.1 2.6l-1.5 7c-.2 1.1-1.2 1.9-2.3 1.9H8zM8 11H4v9.5h4';

/**
 * Give an answer its thumbs, and each of its citations a way to say that it is wrong.
 * `citations` are passage ids, the first of them that of [1].
 */
export function attachFeedback(answer, { question, searched, collection, citations, state = '', index = '' }) {
  if (answer.querySelector('.qa-feedback')) return;
  const about = { question, searched, collection, state, index };
  const given = new Given(`${collection}\n${question}\n${searched}`);
  const status = element('span', { class: 'qa-feedback-said', role: 'status' });
  const send = async (kind, more = {}) => {
    const flagged = more.flagged ?? '';
    const cited = citations.slice(0, MOST_CITATIONS);
    if (flagged && !cited.includes(flagged)) cited[cited.length - 1] = flagged;
    const problem = await post({ ...about, citations: cited, kind, ...more });
    status.textContent = problem || t(more.withdraw ? 'feedback.withdrawn' : 'feedback.thanks');
    status.classList.toggle('qa-feedback-problem', Boolean(problem));
    if (!problem) given.set(flagged, more.withdraw ? '' : kind);
    return problem;
  };
  answer.append(thumbs(given, send, status));
  for (const card of answer.querySelectorAll('.qa-hit')) {
    const link = card.querySelector('a.qa-cite');
    const number = Number(link?.textContent.replace(/\D/g, ''));
    if (number && citations[number - 1]) attachFlag(card, number, citations[number - 1], given, send);
  }
}

/** Forget in this browser what was said, for it names the questions; the server keeps it. */
export const forgetGiven = () => lasting?.removeItem(KEPT);

function thumbs(given, send, status) {
  const box = element('div', { class: 'qa-feedback', role: 'group', 'aria-label': t('feedback.answer') });
  const made = {};
  const show = () => {
    for (const [kind, each] of Object.entries(made)) each.setAttribute('aria-pressed', String(given.get('') === kind));
  };
  for (const kind of ['up', 'down']) {
    made[kind] = button('', async () => {
      box.querySelector('form')?.remove();
      const withdraw = given.get('') === kind;
      if ((await send(kind, { withdraw })) === '' && kind === 'down' && !withdraw) {
        openForm(box, made.down, t('feedback.missing'), (note) => send('down', { note }));
      }
      show();
    }, { class: `qa-button qa-thumb qa-thumb-${kind}` });
    made[kind].append(thumb(), t(`feedback.${kind}`));
  }
  box.append(element('span', { class: 'qa-note' }, t('feedback.answer')), made.up, made.down, status);
  show();
  return box;
}

function attachFlag(card, number, flagged, given, send) {
  const flag = button(t('feedback.wrong'), async () => {
    if (given.get(flagged)) {
      await send('wrong citation', { flagged, withdraw: true });
      show();
    } else if (!card.querySelector('form.qa-feedback-form')) {
      openForm(card, flag, t('feedback.reason'), async (note) => {
        const problem = await send('wrong citation', { flagged, note });
        show();
        return problem;
      });
    }
  }, { class: 'qa-button qa-flag', 'aria-label': t('feedback.wrong_number', { number: String(number) }) });
  const show = () => flag.setAttribute('aria-pressed', String(Boolean(given.get(flagged))));
  show();
  card.append(flag);
}

/** A form for a note, below what it is about; it goes when it is sent or cancelled, and the focus goes back. */
function openForm(place, opener, label, send) {
  const note = element('textarea', { rows: 3, maxlength: LONGEST_NOTE, dir: 'auto' });
  const problem = element('p', { class: 'qa-feedback-problem', role: 'alert' });
  const submit = element('button', { type: 'submit', class: 'qa-button qa-primary' }, t('feedback.send'));
  const close = () => {
    form.remove();
    opener.focus();
  };
  const form = element(
    'form',
    {
      class: 'qa-feedback-form',
      onsubmit: async (event) => {
        event.preventDefault();
        submit.disabled = true;
        problem.textContent = await send(note.value);
        submit.disabled = false;
        if (!problem.textContent) close();
      },
      onkeydown: (event) => event.key === 'Escape' && close(),
    },
    element('label', {}, label, note),
    problem,
    element('p', { class: 'qa-note' }, t('feedback.keeps')),
    element('div', { class: 'qa-feedback-buttons' }, submit, button(t('feedback.cancel'), close)),
  );
  place.append(form);
  note.focus();
}

/** Tell the server; '' when it keeps it, else what is wrong. */
async function post(said) {
  try {
    const answer = await fetch('api/feedback', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(said),
    });
    return answer.ok ? '' : await problemOf(answer);
  } catch {
    return t('errors.unreachable');
  }
}

/** What this visitor said of one answer, by citation ('' for the answer as a whole), remembered by the browser. */
class Given {
  constructor(name) {
    this.name = name;
    this.said = Given.all()[name] ?? {};
  }

  static all() {
    try {
      return JSON.parse(lasting?.getItem(KEPT) ?? null) ?? {};
    } catch {
      return {}; // not ours
    }
  }

  get(citation) {
    return this.said[citation] ?? '';
  }

  set(citation, kind) {
    this.said[citation] = kind;
    const { [this.name]: _, ...others } = Given.all();
    const kept = [...Object.entries(others), [this.name, this.said]].slice(-MOST_KEPT);
    try {
      lasting?.setItem(KEPT, JSON.stringify(Object.fromEntries(kept)));
    } catch {
      // Full: the buttons show it until the page is loaded again.
    }
  }
}

function thumb() {
  const space = 'http://www.w3.org/2000/svg';
  const picture = document.createElementNS(space, 'svg');
  const path = document.createElementNS(space, 'path');
  picture.setAttribute('viewBox', '0 0 24 24');
  picture.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', THUMB);
  picture.append(path);
  return picture;
}
