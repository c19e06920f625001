'use strict';
// Draws the page from its data.
(function (page) {
  const { el } = page;
  const data = JSON.parse(document.getElementById('page-data').textContent);
  const root = document.getElementById('page');

  const titled = data.parts.filter((part) => part.title);
  const link = (part) => el('a', { href: `#${part.id}`, text: part.title });
  root.append(
    el('a', { class: 'skip', href: '#parts', text: 'skip to the content' }),
    el('header', {},
      el('div', { class: 'top' }, el('h1', { text: data.title }), page.themeToggle()),
      data.subtitle ? el('p', { class: 'subtitle' }, page.coded(data.subtitle)) : null),
    el('nav', { 'aria-label': 'parts of this page' }, titled.map(link)),
    el('main', { id: 'parts' }),
    el('footer', { text: `Written by cusinart-sim ${data.version}. This page loads nothing from anywhere.` }),
  );

  const main = document.getElementById('parts');
  for (const part of data.parts) {
    const box = el('div', { class: 'body' });
    const section = el('section', { id: part.id, class: part.type, 'aria-label': part.title || data.title });
    if (part.title) section.append(el('h2', { text: part.title }));
    if (part.lead) section.append(el('p', { class: 'lead', text: part.lead }));
    section.append(box);
    main.append(section);
    try {
      page.sections[part.type](part, box);
    } catch (error) {
      // One broken part must not take the others with it.
      console.error(error);
      box.append(el('p', { class: 'text bad', text: `This part could not be drawn: ${error.message}` }));
    }
    section.append(...part.notes.map((text) => el('p', { class: 'note', text })));
  }
  root.dataset.ready = 'true';
})(cusinart);
