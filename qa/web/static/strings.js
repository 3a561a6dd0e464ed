// The strings of the page in the visitor's language, as the server has them (qa/strings).
let strings = {};
let language = 'en';

/** The language of the page: one of en fr es ru ar zh. */
export const pageLanguage = () => language;

export const direction = (code) => (['ar', 'fa', 'he', 'ur'].includes(code) ? 'rtl' : 'ltr');

/** Read the strings of a language, or of the visitor's; to be awaited before `t` is called. */
export async function loadStrings(code = 'chosen') {
  const answer = await fetch(`ui/strings/${code}.json`);
  strings = await answer.json();
  language = answer.headers.get('Content-Language') ?? code;
}

/** The string `key`, with `values` put in; `values.count` chooses among its forms. */
export function t(key, values = {}) {
  let text = strings[key];
  if (text === undefined) throw new Error(`no string ${key}`);
  if (typeof text !== 'string') {
    const form = new Intl.PluralRules(language).select(values.count);
    text = text[form] ?? text.other;
  }
  return text.replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
}

const shown = (value) =>
  typeof value === 'number' ? new Intl.NumberFormat(`${language}-u-nu-latn`).format(value) : String(value);

/** A message for a failed request: what the server said, or that it cannot be reached. */
export async function problemOf(answer) {
  try {
    return (await answer.json()).error ?? t('errors.unexpected');
  } catch {
    return t('errors.unexpected');
  }
}
