'use strict';
// One box beside the pointer that says what is under it.
(function (page) {
  let box = null;

  page.tip = {
    // Lines are texts, or pairs of a colour and a text.
    show(lines, x, y) {
      if (!box) {
        box = page.el('div', { class: 'tip', 'aria-hidden': 'true' });
        document.body.append(box);
      }
      const line = (item) => (Array.isArray(item)
        ? page.el('div', {}, page.el('i', { class: 'square', style: { background: page.paint(item[0]) } }), item[1])
        : page.el('div', { text: item }));
      box.replaceChildren(...lines.map(line));
      box.hidden = false;
      const { offsetWidth: width, offsetHeight: height } = box;
      const right = x + 14 + width > innerWidth - 4;
      const left = page.clamp(right ? x - width - 10 : x + 14, 4, Math.max(4, innerWidth - width - 4));
      const top = page.clamp(y + 16 + height > innerHeight ? y - height - 10 : y + 16, 4, innerHeight);
      box.style.left = `${left}px`;
      box.style.top = `${top}px`;
    },
    hide() {
      if (box) box.hidden = true;
    },
  };

  // Shows lines while the pointer is over a node or the node has the focus.
  page.tip.on = function (node, lines) {
    node.addEventListener('pointermove', (event) => page.tip.show(lines(), event.clientX, event.clientY));
    node.addEventListener('pointerleave', () => page.tip.hide());
    node.addEventListener('focus', () => {
      const at = node.getBoundingClientRect();
      page.tip.show(lines(), at.right, at.bottom);
    });
    node.addEventListener('blur', () => page.tip.hide());
    return node;
  };
  addEventListener('scroll', () => page.tip.hide(), { passive: true });
})(cusinart);
