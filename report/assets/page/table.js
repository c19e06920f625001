'use strict';
// Tables: sorting, filtering, rows that unfold; long ones are shown a piece at a time.
(function (page) {
  const { el } = page;
  const PIECE = 200;
  let unfolded = 0;

  const textOf = (cell) => (typeof cell === 'string' ? cell : cell.text);
  const sortOf = (cell) => {
    if (typeof cell === 'string') return cell;
    if (cell.used !== undefined) return cell.used === null ? Infinity : cell.used;
    return cell.sort === null ? cell.text : cell.sort;
  };

  function compare(one, other) {
    if (typeof one === 'number' && typeof other === 'number') return one - other;
    if (typeof one === 'number') return -1;
    if (typeof other === 'number') return 1;
    return one < other ? -1 : one > other ? 1 : 0;
  }

  // How much of a limit is used, with the limit in the middle.
  function gauge(cell) {
    const share = cell.used === null ? 2 : page.clamp(cell.used, 0, 2);
    const bar = el('span', { class: 'gauge', 'aria-hidden': 'true' },
      el('i', { class: cell.tone, style: { width: `${share * 50}%` } }), el('b', {}));
    return el('span', { class: 'gauged' }, bar, el('span', { text: cell.text }));
  }

  function content(cell) {
    if (typeof cell === 'string') return cell;
    return cell.used !== undefined ? gauge(cell) : cell.text;
  }

  // Cells of one row for a table with given columns.
  page.cells = (columns, row) => row.cells.map((cell, index) => {
    const column = columns[index];
    const names = [column.numeric && 'number', typeof cell !== 'string' && cell.sort !== undefined && cell.tone];
    return el(index === 0 && !column.numeric ? 'th' : 'td', {
      scope: index === 0 && !column.numeric ? 'row' : null,
      class: names.filter((name) => name && name !== 'plain').join(' ') || null,
    }, content(cell));
  });

  function unfolding(columns, row, cells) {
    const id = `detail-${unfolded++}`;
    const below = el('tr', { class: 'detail', id, hidden: true },
      el('td', { colspan: columns.length }, row.detail.map((text) => el('p', { text }))));
    const button = el('button', { type: 'button', class: 'unfold', 'aria-expanded': 'false', 'aria-controls': id,
      'aria-label': `details of ${textOf(row.cells[0])} ${textOf(row.cells[1] || '')}`,
      on: { click: () => {
        below.hidden = !below.hidden;
        button.setAttribute('aria-expanded', String(!below.hidden));
      } } });
    cells[0].prepend(button);
    return [el('tr', {}, cells), below];
  }

  function head(columns, sorted, sort) {
    const cell = (column, index) => {
      const direction = sorted.column === index ? (sorted.down ? 'descending' : 'ascending') : null;
      return el('th', { scope: 'col', class: column.numeric ? 'number' : null, 'aria-sort': direction },
        el('button', { type: 'button', text: column.label, on: { click: () => sort(index) } }));
    };
    return el('tr', {}, columns.map(cell));
  }

  page.sections.table = function (part, box) {
    const { columns } = part;
    const plain = part.rows.map((row) => row.cells.map(textOf).join(' ').toLowerCase());
    const sorted = { column: null, down: false };
    let words = [];
    let shown = PIECE;
    const thead = el('thead');
    const tbody = el('tbody');
    const status = el('p', { class: 'status', role: 'status' });
    const more = el('button', { type: 'button', text: `show ${PIECE} more`, on: { click: () => { shown += PIECE; draw(); } } });

    function sort(index) {
      sorted.down = sorted.column === index && !sorted.down;
      sorted.column = index;
      draw();
    }

    function draw() {
      let order = part.rows.map((_, index) => index).filter((i) => words.every((word) => plain[i].includes(word)));
      if (sorted.column !== null) {
        const key = (index) => sortOf(part.rows[index].cells[sorted.column]);
        order.sort((one, other) => compare(key(one), key(other)) || one - other);
        if (sorted.down) order.reverse();
      }
      const matches = order.length;
      order = order.slice(0, shown);
      thead.replaceChildren(head(columns, sorted, sort));
      tbody.replaceChildren(...order.flatMap((index) => {
        const row = part.rows[index];
        const cells = page.cells(columns, row);
        return row.detail ? unfolding(columns, row, cells) : [el('tr', {}, cells)];
      }));
      const of = matches === part.rows.length ? `${page.format.count(matches)} rows` : `${page.format.count(matches)} matching of ${page.format.count(part.rows.length)} rows`;
      status.textContent = matches > order.length ? `The first ${page.format.count(order.length)} of ${of} are shown.` : `${of}.`;
      status.hidden = !part.filter;
      more.hidden = matches <= order.length;
    }

    if (part.filter) {
      const input = el('input', { type: 'search', placeholder: 'words that a row must hold',
        on: { input: () => { words = input.value.toLowerCase().split(/\s+/).filter(Boolean); shown = PIECE; draw(); } } });
      box.append(el('label', { class: 'choice' }, el('span', { text: 'filter' }), input));
    }
    const table = el('table', {}, el('caption', { class: 'hidden', text: part.title }), thead, tbody);
    box.append(el('div', { class: part.filter ? 'scroll tall' : 'scroll', tabindex: 0, role: 'region', 'aria-label': `table ${part.title}` }, table), status, more);
    draw();
  };
})(cusinart);
