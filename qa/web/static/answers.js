// What a visitor can do with an answer in the chat: ask again, edit, take back, copy, link, change what is searched.
import { button, copyText, element, flash } from './dom.js';
import { attachFeedback } from './feedback.js';
import { tidyMessages } from './gradio.js';
import { pageLanguage, t } from './strings.js';
import { offerModelTranslations, writeButton, writtenText } from './writing.js';

export { copyText };

/** Give every answer that has none yet its controls. Returns the answers, in the order of their turns. */
export function decorate(chat, turns, actions) {
  tidyMessages(chat);
  const answers = [...chat.querySelectorAll('.qa-answer, .qa-problem')];
  answers.forEach((answer, number) => {
    const turn = turns[number];
    // Only the last turn can be taken back.
    if (number < turns.length - 1) answer.querySelector('.qa-undo')?.remove();
    if (!turn || answer.dataset.turn) return;
    answer.dataset.turn = number;
    answer.querySelectorAll('blockquote.qa-quote').forEach((quote) => (quote.dataset.translate = ''));
    if (turn.kind === 'answer') editableSearch(answer, turn, number, actions);
    answer.append(toolbar(turn, number, turns.length, actions));
    if (turn.kind === 'answer') {
      offerModelTranslations(answer, turn);
      attachFeedback(answer, {
        question: turn.question,
        searched: turn.searched,
        collection: turn.collection,
        citations: turn.hits.map((hit) => hit.passage_id),
        state: turn.record.state,
        index: turn.record.index,
      });
    }
  });
  return answers;
}

function toolbar(turn, number, count, actions) {
  const bar = element('div', { class: 'qa-tools' });
  const add = (name, act) => {
    const made = button(t(`page.${name}`), async () => actions.busy() || act(made), { class: `qa-button qa-${name}` });
    bar.append(made);
  };
  add('again', () => actions.onAgain(turn, number));
  add('edit', () => actions.onEdit(turn, number));
  if (number === count - 1) add('undo', () => actions.onUndo(turn, number));
  if (turn.kind === 'answer') {
    add('copy', async (made) => (await copyText(asText(turn))) && flash(made, t('page.copied')));
    add('link', async (made) => (await actions.onLink(turn)) && flash(made, t('page.copied')));
    const write = writeButton(turn, () => actions.onWrite(number));
    if (write) bar.append(write);
  }
  return bar;
}

/** The query that was searched, and a way to search another one. */
function editableSearch(answer, turn, number, actions) {
  const query = answer.querySelector('.qa-query');
  if (!query) return;
  const change = button(t('page.edit_search'), () => {
    const field = element('input', { type: 'text', dir: 'auto', 'aria-label': t('page.search_query'), maxlength: 2000 });
    field.value = turn.searched;
    const form = element(
      'form',
      {
        class: 'qa-search-form',
        onsubmit: (event) => {
          event.preventDefault();
          if (!actions.busy() && field.value.trim()) actions.onSearch(turn, number, field.value);
        },
      },
      field,
      element('button', { class: 'qa-button' }, t('page.search_this')),
      button(t('page.cancel'), () => {
        form.replaceWith(query, change);
        change.focus();
      }),
    );
    change.remove();
    query.replaceWith(form);
    field.focus();
  });
  query.after(' ', change);
}

/** An answer as plain text: each quotation with its number, then where it stands. */
function asText(turn) {
  const language = pageLanguage();
  const lines = [turn.question, '', ...writtenText(turn.written)];
  if (!turn.hits.length) lines.push(t('answer.absent'));
  for (const row of turn.table?.rows ?? []) {
    const places = row.mentions.map((each) => `[${each.number}]`);
    lines.push(`${row.name} ${[...new Set(places)].join(' ')}`);
  }
  for (const hit of turn.hits) {
    lines.push(`[${hit.number}] ${hit.sentence}`, `    ${hit.references[language]}`);
  }
  return lines.join('\n');
}
