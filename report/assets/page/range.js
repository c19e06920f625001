'use strict';
// The part of the run that all charts over time show, and the moment under the pointer.
(function (page) {
  const SMALLEST = 1e-3;
  let shared = null;

  // The range shared by all sections of the page; they all run to the same end.
  page.range = function (end) {
    if (shared) return shared;
    const whole = Math.max(end, SMALLEST);
    const listeners = [];
    const pointers = [];
    shared = {
      whole,
      from: 0,
      to: whole,
      set(from, to) {
        const width = page.clamp(to - from, Math.min(SMALLEST, whole), whole);
        this.from = page.clamp(from, 0, whole - width);
        this.to = this.from + width;
        listeners.forEach((redraw) => redraw());
      },
      reset() { this.set(0, whole); },
      // Shows a part so many times as long, with one moment staying where it is.
      zoom(factor, at) {
        const fixed = at === undefined ? (this.from + this.to) / 2 : at;
        const width = page.clamp((this.to - this.from) * factor, SMALLEST, whole);
        const share = (fixed - this.from) / (this.to - this.from);
        this.set(fixed - share * width, fixed + (1 - share) * width);
      },
      move(share) {
        const step = (this.to - this.from) * share;
        this.set(this.from + step, this.to + step);
      },
      point(at, source) { pointers.forEach((follow) => follow(at, source)); },
      onChange(redraw) { listeners.push(redraw); },
      onPoint(follow) { pointers.push(follow); },
    };
    return shared;
  };

  // Keys and wheel of a chart over time. `at` turns a position in the window into a moment.
  page.navigation = function (node, range, at) {
    const keys = {
      '+': () => range.zoom(0.5), '=': () => range.zoom(0.5), '-': () => range.zoom(2),
      ArrowLeft: () => range.move(-0.25), ArrowRight: () => range.move(0.25), 0: () => range.reset(),
      Escape: () => range.reset(),
    };
    node.addEventListener('keydown', (event) => {
      if (event.target !== node || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
    // The bare wheel scrolls the page.
    node.addEventListener('wheel', (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      range.zoom(event.deltaY > 0 ? 1.25 : 0.8, at(event.clientX));
    }, { passive: false });
  };

  page.rangeBar = function (range) {
    const shown = page.el('span', { class: 'shown', role: 'status' });
    const say = () => {
      const step = (range.to - range.from) / 100;
      shown.textContent = `${page.format.clock(range.from, step)} – ${page.format.clock(range.to, step)}`;
      whole.disabled = range.to - range.from >= range.whole;
    };
    const button = (text, label, click) => page.el('button', { type: 'button', text, 'aria-label': label, title: label, on: { click } });
    const whole = button('whole run', 'show the whole run', () => range.reset());
    whole.classList.add('reset');
    range.onChange(say);
    say();
    return page.el('div', { class: 'bar', role: 'group', 'aria-label': 'part of the run shown' },
      button('−', 'zoom out', () => range.zoom(2)), button('+', 'zoom in', () => range.zoom(0.5)),
      button('←', 'earlier', () => range.move(-0.25)), button('→', 'later', () => range.move(0.25)), whole, shown);
  };
})(cusinart);
