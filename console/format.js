/** Numbers and times as texts. */

const NUMBER = new Intl.NumberFormat("en-US", { useGrouping: true });

/** Returns a number with thin spaces between thousands. @param {number} value */
export const number = (value) => NUMBER.format(value).replaceAll(",", "\u2009");

/** @param {number} value */
const two = (value) => String(value).padStart(2, "0");

/** Returns the date in UTC: 2026-11-30. @param {string | Date} time */
export const date = (time) => new Date(time).toISOString().slice(0, 10);

/** Returns the time in UTC to the minute: 2026-11-30 14:05. @param {string | Date} time */
export const minute = (time) => new Date(time).toISOString().slice(0, 16).replace("T", " ");

/** Returns the time in UTC to the second: 2026-11-30 14:05:09. @param {string | Date} time */
export const second = (time) => new Date(time).toISOString().slice(0, 19).replace("T", " ");

/** Units of ages, with their length in milliseconds, the longest first. @type {[string, number][]} */
const UNITS = [
  ["year", 31_557_600_000],
  ["month", 2_629_800_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/**
 * Returns how long ago a time is, or how long until then, in its largest unit.
 *
 * @param {string | Date} time
 * @param {Date} [now]
 */
export function age(time, now = new Date()) {
  const difference = now.getTime() - new Date(time).getTime();
  const size = Math.abs(difference);
  const unit = UNITS.find(([, length]) => size >= length);
  if (unit === undefined) return difference >= 0 ? "just now" : "in less than a minute";
  const count = Math.floor(size / unit[1]);
  const text = `${count} ${unit[0]}${count === 1 ? "" : "s"}`;
  return difference >= 0 ? `${text} ago` : `in ${text}`;
}

/** Returns the value for `<input type="datetime-local">`, in UTC. @param {Date} time */
export const inputValue = (time) =>
  `${time.getUTCFullYear()}-${two(time.getUTCMonth() + 1)}-${two(time.getUTCDate())}T${two(time.getUTCHours())}:${two(time.getUTCMinutes())}`;

/** Returns the time of `<input type="datetime-local">`, read as UTC; `null` if it is not one. @param {string} value */
export function fromInput(value) {
  const time = new Date(`${value}Z`);
  return Number.isNaN(time.getTime()) ? null : time;
}
