'use strict';
// A value over two knobs. Colour runs from good to bad; the number stands in each cell.
(function (page) {
  const { el } = page;

  page.sections.matrix = function (part, box) {
    const known = part.cells.flat().filter((value) => value !== null);
    const [low, high] = known.length ? [Math.min(...known), Math.max(...known)] : [0, 1];
    // 0 is good and 1 is bad; where neither is better, more is darker.
    const share = (value) => {
      const part01 = high > low ? (value - low) / (high - low) : 0;
      return part.value.better === 'more' ? 1 - part01 : part01;
    };
    const cell = (value, row, column) => {
      const td = el('td', { class: 'cell', text: page.value(value, part.value.unit) });
      if (value !== null) td.style.setProperty('--share', `${(share(value) * 100).toFixed(1)}%`);
      else td.classList.add('none');
      td.title = `${part.y} ${part.y_settings[row]}, ${part.x} ${part.x_settings[column]}: ${td.textContent}`;
      return td;
    };
    const rows = part.cells.map((cells, row) => el('tr', {}, el('th', { scope: 'row', text: part.y_settings[row] }), cells.map((value, column) => cell(value, row, column))));
    const head = [
      el('tr', {}, el('td', {}), el('th', { scope: 'colgroup', colspan: part.x_settings.length, text: part.x })),
      el('tr', {}, el('th', { scope: 'col', text: part.y }), part.x_settings.map((setting) => el('th', { scope: 'col', text: setting }))),
    ];
    const ways = { less: 'less is better', more: 'more is better', neither: '' };
    box.append(el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${part.value.label} over ${part.x} and ${part.y}` },
      el('table', { class: 'matrix' }, el('caption', { text: `${part.value.label} ${ways[part.value.better] ? `(${ways[part.value.better]})` : ''}` }), el('thead', {}, head), el('tbody', {}, rows))));
  };
})(cusinart);
