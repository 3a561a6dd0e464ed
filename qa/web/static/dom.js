// Small helpers for making elements; text is always set as text, never read as HTML.

/** An element with attributes (`on…` are listeners), and children: elements or strings. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** A button that does not send a form. */
export const button = (label, onclick, attributes = {}) =>
  element('button', { type: 'button', class: 'qa-button', onclick, ...attributes }, label);

/** Put a text on the clipboard; where the browser refuses, by way of a field. Returns whether it is there. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = element('textarea', { class: 'qa-offscreen' });
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    return done;
  }
}

/** Say for a moment on a button what it did. */
export function flash(target, text) {
  const before = target.textContent;
  target.textContent = text;
  setTimeout(() => (target.textContent = before), 1500);
}

/** A dialog with a heading and a button that closes it; it goes when it is closed. */
export function openDialog(title, close, content, name = '') {
  const dialog = element('dialog', { class: `qa-dialog ${name}`, 'aria-label': title });
  const head = element('div', { class: 'qa-dialog-head' }, element('h2', {}, title), button(close, () => dialog.close()));
  dialog.append(head, content);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  // Inside Gradio's own box, whose colours it takes over.
  (document.querySelector('.gradio-container') ?? document.body).append(dialog);
  dialog.showModal();
  return dialog;
}
