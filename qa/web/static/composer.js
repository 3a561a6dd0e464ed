// The box for questions. Enter sends, Shift and Enter begin a new line.
import { button, element } from './dom.js';
import { t } from './strings.js';

export function mountComposer(place, { onAsk, onStop }) {
  const field = element('textarea', {
    id: 'qa-question',
    rows: 1,
    dir: 'auto',
    autocomplete: 'off',
    'aria-label': t('page.question'),
    placeholder: t('page.ask_in_any_language'),
  });
  const send = element('button', { class: 'qa-button qa-primary qa-send' }, t('page.send'));
  const stop = button(t('page.stop'), () => onStop(), { class: 'qa-button qa-stop', hidden: true });
  const note = element('div', { class: 'qa-editing', hidden: true });
  let editing; // the number of the turn that is asked anew

  const endEdit = () => {
    editing = undefined;
    note.hidden = true;
  };
  const grow = () => {
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, 160)}px`;
  };
  note.append(
    t('page.editing'),
    ' ',
    button(t('page.cancel'), () => {
      endEdit();
      fill('');
    }),
  );
  const form = element('form', { role: 'search' }, note, element('div', { class: 'qa-compose' }, field, send, stop));
  place.append(form);

  const fill = (text) => {
    field.value = text;
    grow();
  };
  field.addEventListener('input', grow);
  field.addEventListener('keydown', (event) => {
    // While an input method composes, Enter takes its suggestion.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!stop.hidden || !field.value) return;
    const question = field.value;
    const turn = editing;
    endEdit();
    fill('');
    onAsk(question, turn);
  });

  return {
    busy(busy) {
      stop.hidden = !busy;
      send.hidden = busy;
    },
    fill(text) {
      endEdit();
      fill(text);
      if (text) field.focus();
    },
    edit(text, turn) {
      fill(text);
      editing = turn;
      note.hidden = false;
      field.focus();
    },
  };
}
