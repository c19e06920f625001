'use strict';
// Light and dark: what the system asks for, until the reader chooses. Canvases are told to draw again.
(function (page) {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const listeners = [];
  let chosen = null;

  function apply(theme) {
    if (root.dataset.theme === theme) return;
    root.dataset.theme = theme;
    listeners.forEach((redraw) => redraw());
  }

  const wanted = () => chosen || (system.matches ? 'dark' : 'light');

  page.onTheme = (redraw) => listeners.push(redraw);

  page.themeToggle = function () {
    const button = page.el('button', { type: 'button', class: 'theme' });
    const name = () => {
      const other = root.dataset.theme === 'dark' ? 'light' : 'dark';
      button.textContent = other === 'dark' ? '☾ dark' : '☀ light';
      button.setAttribute('aria-label', `switch to ${other} colours`);
    };
    button.addEventListener('click', () => {
      chosen = root.dataset.theme === 'dark' ? 'light' : 'dark';
      apply(chosen);
    });
    listeners.push(name);
    name();
    return button;
  };

  system.addEventListener('change', () => apply(wanted()));
  // Paper is white.
  addEventListener('beforeprint', () => apply('light'));
  addEventListener('afterprint', () => apply(wanted()));
  apply(wanted());
})(cusinart);
