// The server's HTML, held once more to what the panel is made of. Every word of a document is escaped in it already;
// were that ever to fail, nothing but these elements and attributes would come of a document's text.

const ELEMENTS = new Set(
  ['a', 'article', 'details', 'div', 'h3', 'h4', 'h5', 'h6', 'p', 'pre', 'section', 'span', 'summary', 'table', 'tbody', 'td', 'tr'].map(
    (name) => name.toUpperCase(),
  ),
);
const ATTRIBUTES = new Set(['class', 'lang', 'dir', 'title', 'href', 'data-key', 'data-beside', 'data-sentence', 'data-translate']);

/** The elements of HTML that came from the server; nothing in them was loaded or run. */
export function parsed(html) {
  const template = document.createElement('template');
  template.innerHTML = html;
  for (const each of template.content.querySelectorAll('*')) {
    if (!ELEMENTS.has(each.tagName)) each.remove();
    else each.getAttributeNames().filter((name) => !allowed(name, each)).forEach((name) => each.removeAttribute(name));
  }
  return template.content;
}

const allowed = (name, element) =>
  ATTRIBUTES.has(name) && (name !== 'href' || element.getAttribute(name).startsWith('#'));
