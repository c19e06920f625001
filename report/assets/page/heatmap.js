'use strict';
// Latency over time as bands between quantiles, and the share that failed below it.
(function (page) {
  const { el } = page;
  const HEIGHT = 230;
  const FAILED = 16;

  // Bands from the fastest to the slowest answers: colour and how many answers are slower than its lower edge.
  const BANDS = ['heat-0', 'heat-1', 'heat-2', 'heat-3'];

  function bounds(variant) {
    let [low, high] = [Infinity, 0];
    for (const quantile of variant.quantiles) {
      for (const value of quantile.values) {
        if (value > 0) { low = Math.min(low, value); high = Math.max(high, value); }
      }
    }
    if (!high) return [0.001, 1];
    return [10 ** (Math.floor(Math.log10(low) * 2) / 2 - 0.25), high * 1.15];
  }

  function decades(low, high) {
    const ticks = [];
    for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power += 1) {
      for (const factor of [1, 2, 5]) ticks.push([factor * 10 ** power, factor === 1]);
    }
    return ticks.filter(([value]) => value >= low && value <= high);
  }

  function drawColumn(context, variant, index, [from, to], y, view) {
    let below = view.plotBottom;
    variant.quantiles.forEach((quantile, band) => {
      const value = quantile.values[index];
      if (value === null) return;
      const top = y(value);
      context.fillStyle = page.color(BANDS[band]);
      context.fillRect(from, top, to - from, Math.max(below - top, 0));
      below = Math.min(below, top);
    });
    const ended = variant.ok[index] + variant.failed[index];
    if (variant.failed[index] > 0) {
      const share = variant.failed[index] / ended;
      context.fillStyle = page.color('vermilion');
      const height = Math.max(share * (FAILED - 2), 1.5);
      context.fillRect(from, view.plotBottom + 3 + FAILED - 2 - height, to - from, height);
    }
  }

  function drawScale(context, y, low, high, view) {
    context.textAlign = 'right';
    let last = Infinity;
    for (const [value, strong] of decades(low, high)) {
      context.strokeStyle = page.color('line');
      context.globalAlpha = strong ? 1 : 0.45;
      context.beginPath();
      context.moveTo(view.left, y(value));
      context.lineTo(view.right, y(value));
      context.stroke();
      context.globalAlpha = 1;
      if (last - y(value) < 14 || y(value) < 6) continue;
      last = y(value);
      context.fillStyle = page.color('muted');
      context.fillText(page.format.span(value), view.left - 6, y(value));
    }
    context.fillText(page.fitted(context, 'failed', view.left - 6), view.left - 6, view.plotBottom + 3 + FAILED / 2);
  }

  function drawLimits(context, limits, y, view) {
    context.strokeStyle = context.fillStyle = page.color('bad');
    limits.forEach((limit, index) => {
      const at = y(limit.value);
      if (at < 4 || at > view.plotBottom) return;
      context.setLineDash([6, 4]);
      context.beginPath();
      context.moveTo(view.left, at);
      context.lineTo(view.right, at);
      context.stroke();
      context.setLineDash([]);
      context.textAlign = index % 2 ? 'left' : 'right';
      page.halo(context, limit.label, index % 2 ? view.left + 4 : view.right - 4, at - 8);
    });
  }

  function columnAt(time, at) {
    let index = time.length - 1;
    while (index > 0 && time[index] > at) index -= 1;
    return index;
  }

  function describe(part, variant, index) {
    const { time, ok, failed } = variant;
    const end = index + 1 < time.length ? time[index + 1] : part.end;
    const lines = [`${page.format.clock(time[index])}–${page.format.clock(end)}`];
    variant.quantiles.slice().reverse().forEach((quantile, i) => {
      const band = variant.quantiles.length - 1 - i;
      lines.push([BANDS[band], `${quantile.label} ${page.value(quantile.values[index], 'seconds')}`]);
    });
    const share = ok[index] + failed[index] ? failed[index] / (ok[index] + failed[index]) : 0;
    lines.push(['vermilion', `${page.format.count(failed[index])} failed (${page.format.percent(share)}), ${page.format.count(ok[index])} good`]);
    return lines;
  }

  function keys(variant) {
    const labels = variant.quantiles.map((quantile, index) => {
      const slower = 1 - (index ? variant.quantiles[index - 1].share : 0);
      const least = 1 - quantile.share;
      if (index === 0) return `up to ${quantile.label}: the faster half`;
      return `up to ${quantile.label}: the slowest ${page.format.percent(slower)}${least > 1e-9 ? ` but for ${page.format.percent(least)}` : ''}`;
    });
    return labels.map((label, index) => page.key(BANDS[index], label));
  }

  page.sections.heatmap = function (part, box) {
    const range = page.range(part.end);
    let variant = part.variants[0];
    if (!variant) return box.append(el('p', { text: 'There are no clients.' }));
    const choices = el('div', { class: 'panel-head' });
    if (part.variants.length > 1) {
      choices.append(page.select('of', part.variants.map((one) => one.name), (index) => { variant = part.variants[index]; canvas.draw(); }));
    }
    box.append(page.rangeBar(range), choices);

    function draw(context, view) {
      view.plotBottom = view.bottom - FAILED - 4;
      const [low, high] = bounds(variant);
      const y = (value) => view.plotBottom - ((Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))) * (view.plotBottom - 2);
      const { time } = variant;
      for (let index = 0; index < time.length; index += 1) {
        const end = index + 1 < time.length ? time[index + 1] : part.end;
        if (end < range.from || time[index] > range.to) continue;
        // Whole pixels, so that no seam shows between columns.
        const from = Math.round(page.clamp(view.x(time[index]), view.left, view.right) * 2) / 2;
        const to = Math.round(page.clamp(view.x(end), view.left, view.right) * 2) / 2;
        drawColumn(context, variant, index, [from, Math.max(to, from + 0.5)], y, view);
      }
      drawScale(context, y, low, high, view);
      drawLimits(context, part.limits, y, view);
    }

    const hover = (at) => (variant.time.length ? describe(part, variant, columnAt(variant.time, at)) : null);
    const canvas = page.timeCanvas(box, range, { height: () => HEIGHT, draw, hover, axis: true, label: 'latency bands over time' });
    box.append(el('p', { class: 'keys' }, keys(variant), page.key('vermilion', 'share of requests that failed (full height: all)')));
  };
})(cusinart);
