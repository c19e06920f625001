'use strict';
// Numbers as people read them; the same rules as in run.json's text page.
(function (page) {
  const trim = (text) => (text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text);

  function digits(value) {
    const size = Math.abs(value);
    if (size >= 99.95) return value.toFixed(0);
    return trim(value.toFixed(size >= 9.995 ? 1 : 2));
  }

  const two = (value) => String(value).padStart(2, '0');

  // A count with commas between thousands, others with about three digits.
  function count(value) {
    if (Number.isInteger(value)) return value.toLocaleString('en-US');
    return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : digits(value);
  }

  // A span: 412 ms, 3m20s.
  function span(seconds) {
    if (seconds < 0) return `−${span(-seconds)}`;
    if (seconds === 0) return '0 s';
    for (const [unit, word] of [[1e-9, 'ns'], [1e-6, 'µs'], [1e-3, 'ms']]) {
      if (seconds < 999.5 * unit) return `${digits(seconds / unit)} ${word}`;
    }
    if (seconds < 59.95) return `${digits(seconds)} s`;
    return clock(Math.round(seconds));
  }

  // A moment of the run: 12m05s. With a step only as many digits as tell steps apart.
  function clock(seconds, step) {
    const decimals = step && step < 1 ? Math.min(3, Math.ceil(-Math.log10(step))) : seconds % 1 ? 1 : 0;
    const scale = 10 ** decimals;
    const rounded = Math.round(Math.abs(seconds) * scale);
    const whole = Math.floor(rounded / scale);
    const rest = decimals ? trim(`.${String(rounded % scale).padStart(decimals, '0')}`) : '';
    const [days, hours, minutes, secs] =
      [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
    const fraction = rest === '.' ? '' : rest;
    const low = secs || fraction;
    if (days) return `${days}d${hours || minutes || low ? two(hours) + 'h' : ''}${minutes || low ? two(minutes) + 'm' : ''}`;
    if (hours) return `${hours}h${minutes || low ? two(minutes) + 'm' : ''}${low ? two(secs) + fraction + 's' : ''}`;
    if (minutes) return `${minutes}m${low ? two(secs) + fraction + 's' : ''}`;
    return `${secs}${fraction}s`;
  }

  function percent(share) {
    const value = share * 100;
    const size = Math.abs(value);
    const decimals = size >= 99.995 && size < 100 ? 4 : size < 0.01 && size > 0 ? 4 : 2;
    return `${trim(value.toFixed(decimals))} %`.replace('-', '−');
  }

  // Money: cents, and three digits of what is less than one, as short runs cost.
  function money(value) {
    if (value && Math.abs(value) < 1) return String(Number(value.toPrecision(3))).replace('-', '−');
    return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  }

  const units = { seconds: span, fraction: percent, per_second: (v) => `${count(v)}/s`, count, currency: money };

  page.format = { span, clock, count, percent, money };
  // A value in its unit; a dash for none.
  page.value = (value, unit) =>
    (value === null || value === undefined || Number.isNaN(value) ? '–' : units[unit](value));
  // The same for the ticks of an axis, where short is better.
  page.tick = function (value, unit) {
    if (unit === 'per_second' || unit === 'count' || unit === 'currency') {
      const size = Math.abs(value);
      if (size >= 1e6) return `${digits(value / 1e6)}M`;
      return size >= 1e4 ? `${digits(value / 1e3)}k` : trim(String(Number(value.toPrecision(6))));
    }
    return page.value(value, unit);
  };
})(cusinart);
