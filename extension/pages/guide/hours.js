/** Whether somebody answers now: weekly hours in Paris, whatever clock this computer keeps, and French holidays. */

/** @typedef {import("./data.d.ts").Contact} Contact */
/** @typedef {import("./data.d.ts").Calendar} Calendar */
/** @typedef {{day: string, weekday: number, time: string}} Moment ISO day, 1 (Monday) to 7, "HH:MM" */
/**
 * @typedef {{state: "always" | "unknown"}
 *   | {state: "open" | "holiday", until: string}
 *   | {state: "closed", in: number, weekday: number, at: string}
 *   | {state: "closed"}} State `holiday`: its hours would be now, but nobody knows whether they hold today; `in`: days
 */

const DAY_MS = 86_400_000;
/** Longer than any run of holidays. */
const LOOK_AHEAD = 14;

const PARIS = new Intl.DateTimeFormat("en-CA", {
  timeZone: "Europe/Paris",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** @param {string} day */
const utc = (day) => Date.parse(`${day}T12:00:00Z`);
/** @param {number} ms */
const isoDay = (ms) => new Date(ms).toISOString().slice(0, 10);
/** @param {string} day */
const weekdayOf = (day) => new Date(utc(day)).getUTCDay() || 7;

/**
 * @param {Date} now
 * @returns {Moment}
 */
export function inParis(now) {
  const part = Object.fromEntries(PARIS.formatToParts(now).map(({ type, value }) => [type, value]));
  const day = `${part["year"]}-${part["month"]}-${part["day"]}`;
  return { day, weekday: weekdayOf(day), time: `${part["hour"]}:${part["minute"]}` };
}

/**
 * Easter Sunday (anonymous Gregorian algorithm, Nature 1876).
 * @param {number} year
 * @returns {string} ISO day
 */
export function easter(year) {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const f = Math.floor((b + 8) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - f + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  const two = (/** @type {number} */ one) => String(one).padStart(2, "0");
  return `${year}-${two(Math.floor(n / 31))}-${two((n % 31) + 1)}`;
}

/**
 * @param {string} day ISO day
 * @param {Calendar} calendar
 */
export function isHoliday(day, calendar) {
  if (calendar.fixed.includes(day.slice(5))) return true;
  const after = (utc(day) - utc(easter(Number(day.slice(0, 4))))) / DAY_MS;
  return calendar.easter.includes(after);
}

/**
 * @param {Contact} contact
 * @param {Calendar} calendar
 * @param {Date} now
 * @returns {State}
 */
export function stateOf(contact, calendar, now) {
  if (contact.always) return { state: "always" };
  const hours = contact.hours;
  if (!hours) return { state: "unknown" };
  const { day, weekday, time } = inParis(now);
  const on = (/** @type {string} */ one) => hours.filter(({ days }) => days.includes(weekdayOf(one)));
  const worked = (/** @type {string} */ one) => contact.holidays === "open" || !isHoliday(one, calendar);
  const span = hours.find((one) => one.days.includes(weekday) && one.from <= time && time < one.to);
  if (span && worked(day)) return { state: "open", until: span.to };
  if (span && contact.holidays === "unknown") return { state: "holiday", until: span.to };
  for (let ahead = 0; ahead <= LOOK_AHEAD; ahead++) {
    const other = isoDay(utc(day) + ahead * DAY_MS);
    const starts = on(other).map(({ from }) => from);
    const next = starts.sort().find((from) => ahead > 0 || from > time);
    if (next && worked(other)) return { state: "closed", in: ahead, weekday: weekdayOf(other), at: next };
  }
  return { state: "closed" };
}
