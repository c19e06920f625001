'use strict';
// The one global name of the page. Each file adds to it: `cusinart.sections[type]` draws a section, the rest are tools.
var cusinart = { sections: {} };

(function (page) {
  const SVG = 'http://www.w3.org/2000/svg';

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (name === 'text') node.textContent = value;
      else if (name === 'on') for (const [event, f] of Object.entries(value)) node.addEventListener(event, f);
      // Style attributes are forbidden by the page's policy, single properties are not.
      else if (name === 'style') for (const [key, v] of Object.entries(value)) node.style.setProperty(key, v);
      else node.setAttribute(name, value === true ? '' : value);
    }
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined && child !== false) node.append(child);
    }
    return node;
  }

  // Texts of a page come from scenarios: they are only ever set as text, never as HTML.
  page.el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  page.svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

  page.color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--c-${name}`).trim();
  page.paint = (name) => `var(--c-${name})`;

  // Draws into a box, and again when its width changes. `draw` gets the width and returns a node.
  page.responsive = function (box, draw) {
    let last = 0;
    const again = () => {
      const width = Math.floor(box.clientWidth);
      if (width < 50 || width === last) return;
      last = width;
      box.replaceChildren(draw(width));
    };
    new ResizeObserver(again).observe(box);
    again();
    return () => { last = 0; again(); };
  };

  page.clamp = (value, low, high) => Math.min(Math.max(value, low), high);

  page.select = function (label, names, change) {
    const options = names.map((name, index) => page.el('option', { value: index, text: name }));
    const select = page.el('select', { on: { change: () => change(Number(select.value)) } }, options);
    return page.el('label', { class: 'choice' }, page.el('span', { text: label }), select);
  };

  page.toggle = function (label, pressed, change) {
    const button = page.el('button', {
      type: 'button', class: 'toggle', 'aria-pressed': String(pressed), text: label,
      on: { click: () => {
        pressed = !pressed;
        button.setAttribute('aria-pressed', String(pressed));
        change(pressed);
      } },
    });
    return button;
  };

  // A colour with its name.
  page.key = (color, label, shape) =>
    page.el('span', { class: 'key' },
      page.el('i', { class: shape || 'square', style: { background: page.paint(color) } }), label);
})(cusinart);
