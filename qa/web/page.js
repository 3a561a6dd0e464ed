// A click on a citation scrolls the source panel to its paragraph and marks its sentence.
// After an answer arrives, its first citation is shown without a click, and the chat stands at its beginning.
(() => {
  const show = (anchor, smooth) => {
    const sentence = document.getElementById(anchor);
    if (!sentence) return false;
    document.querySelectorAll('.qa-cited, .qa-marked').forEach((e) => e.classList.remove('qa-cited', 'qa-marked'));
    const paragraph = sentence.closest('.qa-paragraph');
    paragraph.classList.add('qa-cited');
    sentence.classList.add('qa-marked');
    const panel = document.getElementById('qa-panel');
    const top = panel.scrollTop + paragraph.getBoundingClientRect().top - panel.getBoundingClientRect().top;
    panel.scrollTo({ top: top - panel.clientHeight / 4, behavior: smooth ? 'smooth' : 'auto' });
    if (smooth && panel.getBoundingClientRect().top > window.innerHeight / 2) panel.scrollIntoView();
    return true;
  };

  document.addEventListener('click', (event) => {
    const link = event.target.closest('a.qa-cite');
    if (link && show(link.getAttribute('href').slice(1), true)) event.preventDefault();
  });

  let shown = null;
  new MutationObserver(() => {
    const answers = document.querySelectorAll('.qa-answer, .qa-problem');
    const newest = answers[answers.length - 1];
    const first = newest && newest.querySelector('a.qa-cite');
    if (newest && newest !== shown && (!first || show(first.getAttribute('href').slice(1), false))) {
      shown = newest;
      let chat = newest.parentElement;
      while (chat.parentElement && chat.scrollHeight <= chat.clientHeight + 1) chat = chat.parentElement;
      const question = 120; // pixels kept for the question above its answer
      if (chat.closest('#qa-chat')) {
        chat.scrollTop += newest.getBoundingClientRect().top - chat.getBoundingClientRect().top - question;
      }
    }
  }).observe(document, { childList: true, subtree: true });
})();
