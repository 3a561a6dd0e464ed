// What stands in an empty chat: questions that these documents answer.
import { button, element } from './dom.js';
import { t } from './strings.js';

export function mountWelcome({ onAsk }) {
  const suggestions = new Map(); // by collection

  async function suggested(collection) {
    if (!suggestions.has(collection)) {
      const answer = await fetch(`api/suggestions?${new URLSearchParams({ collection })}`);
      suggestions.set(collection, answer.ok ? await answer.json() : { questions: [], languages: [] });
    }
    return suggestions.get(collection);
  }

  let collection = 'library';
  /** Fill the empty chat, where there is one that is still blank. */
  async function fill() {
    const place = document.querySelector('#qa-chat .qa-welcome');
    if (!place || place.dataset.collection === collection) return;
    place.dataset.collection = collection;
    const list = element('ul', { class: 'qa-suggestions', 'aria-label': t('page.suggestions') });
    place.replaceChildren(element('h2', {}, t('page.welcome')), list);
    const { questions, languages } = await suggested(collection);
    for (const [number, question] of questions.entries()) {
      const ask = button(question, () => onAsk(question), { class: 'qa-button qa-suggestion', dir: 'auto', lang: languages[number] });
      list.append(element('li', {}, ask));
    }
  }

  return {
    fill,
    of(other) {
      collection = other;
      fill();
    },
    /** The documents changed: what was suggested may not be answered any more. */
    forget() {
      suggestions.clear();
      delete document.querySelector('#qa-chat .qa-welcome')?.dataset.collection;
      fill();
    },
  };
}
