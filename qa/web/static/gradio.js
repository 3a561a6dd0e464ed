// What the chat's framework says and sets that visitors should neither hear nor see.

/**
 * Questions are headings, to be gone through with a screen reader; each message runs in its own direction. Gradio names
 * every message in English, with the tags of its HTML, and sets all of them from left to right.
 */
export function tidyMessages(chat) {
  for (const message of chat.querySelectorAll('[data-testid="user"], [data-testid="bot"]')) {
    message.removeAttribute('aria-label');
    message.dir = 'auto';
    message.style.textAlign = 'start';
    if (message.dataset.testid !== 'user') continue;
    message.setAttribute('role', 'heading');
    message.setAttribute('aria-level', '2');
  }
  chat.querySelector('.placeholder-content')?.removeAttribute('role');
}
