// A row for each document: one on its way, one that was read, one that was refused.
import { button, element } from './dom.js';
import { direction, t } from './strings.js';

/** A row for a file on its way: with `progress(share)` and `fail(problem)`. */
export function uploadRow(name) {
  const bar = element('progress', { max: '1', value: '0', 'aria-label': t('documents.uploading', { name }) });
  const head = element('div', { class: 'qa-file-head' }, element('bdi', { class: 'qa-file-name' }, name));
  const row = element('li', { class: 'qa-file-row' }, head, bar);
  return {
    row,
    progress: (share) => {
      if (share < 1) bar.value = share;
      else bar.removeAttribute('value'); // all was sent, the server looks at it
    },
    fail: (problem) => {
      const dismiss = button(t('documents.dismiss'), () => row.remove(), {
        'aria-label': `${t('documents.dismiss')}: ${name}`,
        class: 'qa-button qa-dismiss',
      });
      head.append(dismiss);
      bar.replaceWith(element('p', { class: 'qa-problem', role: 'alert' }, problem));
    },
  };
}

/** A row for a file that the server has; `size` in words. */
export function fileRow(file, size, onRemove) {
  const head = element(
    'div',
    { class: 'qa-file-head' },
    element('bdi', { class: 'qa-file-name' }, file.name),
    element('span', { class: 'qa-note' }, size),
  );
  if (file.state !== 'read') {
    head.append(element('span', { class: `qa-state qa-${file.state}` }, t(`documents.${file.state}`)));
  }
  const row = element('li', { class: 'qa-file-row' }, head);
  if (file.mine) head.append(removal(file, onRemove));
  else head.append(element('span', { class: 'qa-note' }, t('documents.of_another')));
  if (file.reason) row.append(...reasonOf(file.reason));
  if (file.understood) row.append(...understoodOf(file.understood));
  return row;
}

/** Why a file was refused; what the reader says is in English. */
export function reasonOf({ text, detail }) {
  const parts = [element('p', { class: 'qa-problem' }, text)];
  if (detail) {
    const said = element('span', { lang: 'en', dir: 'ltr' }, detail);
    parts.push(element('p', { class: 'qa-note' }, t('documents.reader_says'), ' ', said));
  }
  return parts;
}

/** A button that asks in its own place whether it is meant. */
function removal(file, onRemove) {
  const box = element('span', { class: 'qa-removal' });
  const offer = (hasFocus) => {
    const remove = button(t('documents.remove'), ask, {
      'aria-label': t('documents.remove_name', { name: file.name }),
    });
    box.replaceChildren(remove);
    if (hasFocus) remove.focus();
  };
  const ask = () => {
    const keep = button(t('documents.keep'), () => offer(true));
    const remove = button(t('documents.remove'), () => {
      remove.disabled = keep.disabled = true;
      onRemove();
    }, { class: 'qa-button qa-primary' });
    const question = element('span', {}, t('documents.sure', { name: file.name }));
    box.replaceChildren(element('span', { role: 'group', 'aria-label': question.textContent }, question, remove, keep));
    keep.focus();
  };
  offer(false);
  return box;
}

function understoodOf(found) {
  const lines = [
    ['title', text(found.title, found.language)],
    ['symbol', element('bdi', {}, found.symbol)],
    ['date', found.date],
    ['language', found.language_name],
    ['length', t('answer.paragraphs', { count: found.paragraphs })],
  ];
  const list = element('dl', { class: 'qa-understood' });
  for (const [key, value] of lines) {
    const shown = typeof value === 'string' ? value : value.textContent;
    if (shown) list.append(element('div', {}, element('dt', {}, t(`documents.${key}`)), element('dd', {}, value)));
  }
  const more = element('details', {}, element('summary', {}, t('documents.more')));
  if (found.first.length) more.append(listed('begins', found.first, found.language));
  if (found.left_out.length) more.append(listed('left_out', found.left_out, 'en'));
  return [list, more];
}

const listed = (key, lines, language) =>
  element(
    'div',
    { class: 'qa-listed' },
    element('p', { class: 'qa-note' }, t(`documents.${key}`)),
    element('ul', {}, ...lines.map((each) => element('li', { lang: language || null, dir: direction(language) }, each))),
  );

const text = (value, language) => element('span', { lang: language || null, dir: direction(language) }, value);
