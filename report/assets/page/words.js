'use strict';
// Sections of words: verdict, paragraphs, and how to repeat.
(function (page) {
  const { el } = page;

  // A text in which `backticks` mark what is to be typed.
  page.coded = (text) => text.split('`').map((piece, index, all) => (index % 2 && index + 1 < all.length ? el('code', { text: piece }) : index % 2 ? `\`${piece}` : piece));

  page.sections.verdict = function (part, box) {
    const chip = (item) => el('div', { class: 'chip' }, el('dt', { text: item.label }), el('dd', { text: item.value }));
    box.append(
      el('div', { class: `verdict ${part.tone}`, role: 'status' },
        el('strong', { text: part.word }), el('span', { text: part.headline })),
      el('dl', { class: 'chips' }, part.chips.map(chip)),
    );
  };

  page.sections.text = function (part, box) {
    const paragraphs = part.paragraphs.map((text) => el('p', { text }));
    box.append(el('div', { class: `text ${part.tone}` }, paragraphs));
  };

  async function copy(text, source, button) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Pages from a disk may not reach the clipboard: select the text and use the old way.
      getSelection().selectAllChildren(source);
      document.execCommand('copy');
    }
    button.textContent = 'copied';
    setTimeout(() => { button.textContent = 'copy'; }, 1500);
  }

  page.sections.repro = function (part, box) {
    const code = el('code', { text: part.command });
    const button = el('button', { type: 'button', text: 'copy', 'aria-label': 'copy the command',
      on: { click: () => copy(part.command, code, button) } });
    if (part.command) box.append(el('div', { class: 'command' }, el('pre', { tabindex: 0 }, code), button));
    if (part.explanation) box.append(el('p', { text: part.explanation }));
    const file = (link) => el('li', {},
      el('a', { href: link.name.split('/').map(encodeURIComponent).join('/'), text: link.name }),
      link.what ? ` – ${link.what}` : '');
    if (part.files.length) box.append(el('h3', { text: 'Files beside this page' }), el('ul', {}, part.files.map(file)));
  };
})(cusinart);
